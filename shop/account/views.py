"""The account's first page; importing this module brings all the others."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from ..access_rules import customer
from . import (
    address_views,
    card_views,
    consent_views,
    email_views,
    order_views,
    passkey_views,
    password_views,
    profile_views,
    second_factor_views,
    security_views,
    sign_in_views,
    sign_up_views,
)
from .entering import here
from .overview import overview_of
from .pages import blueprint

__all__ = [
    "address_views",
    "blueprint",
    "card_views",
    "consent_views",
    "email_views",
    "order_views",
    "passkey_views",
    "password_views",
    "profile_views",
    "second_factor_views",
    "security_views",
    "sign_in_views",
    "sign_up_views",
]


@blueprint.get("/account")
@customer
def home() -> ResponseReturnValue:
    return render_template("account/home.html", **overview_of(here()))
