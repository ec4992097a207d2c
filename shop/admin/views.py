"""The owner's desk: its pages, gathered, and the first one."""

from __future__ import annotations

from flask import Flask, url_for
from flask.typing import ResponseReturnValue

from ..access_rules import staff
from ..privacy import looks
from ..web import see_other
from . import navigation, sign_in_views, signed_in
from .blueprint import blueprint
from .navigation import desk_parts
from .orders import list_views, order_views, unlock_views
from .privacy import case_views, habit_views, policy_views, retention_views
from .queries import roles_of

__all__ = [
    "blueprint",
    "case_views",
    "habit_views",
    "init_app",
    "list_views",
    "order_views",
    "policy_views",
    "retention_views",
    "sign_in_views",
    "unlock_views",
]


def init_app(app: Flask) -> None:
    signed_in.init_app(app)
    navigation.init_app(app)
    looks.set_roles(roles_of)


@blueprint.get("/")
@staff()
def home() -> ResponseReturnValue:
    """The first page that whoever is signed in may open."""
    return see_other(url_for(next(desk_parts()).pages[0].endpoint))
