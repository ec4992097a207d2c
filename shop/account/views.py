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
    "WITHOUT_SESSION",
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

# The forms of those who have no session yet.
WITHOUT_SESSION = (
    sign_in_views.check_sign_in,
    sign_up_views.send_sign_up,
    password_views.send_reset,
    passkey_views.begin_passkey_sign_in,
    passkey_views.passkey_sign_in,
)


@blueprint.get("/account")
@customer
def home() -> ResponseReturnValue:
    return render_template("account/home.html", **overview_of(here()))
