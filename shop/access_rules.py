"""Who may call what. Every view says so itself: `@public`, `@customer` or `@staff("owner")`. One that says nothing
keeps the shop from starting, and nobody reaches an endpoint that was added later without a word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, abort, current_app, request
from flask.typing import ResponseReturnValue

View = TypeVar("View", bound=Callable[..., Any])


class Audience(StrEnum):
    PUBLIC = "public"
    CUSTOMER = "customer"
    STAFF = "staff"


@dataclass(frozen=True)
class Rule:
    """Whom a view is for. Staff need one of `roles`; with none named, any role will do. What `shows_customers` is for
    staff with a second factor alone; whoever adds a view without a word about it has said that it does."""

    audience: Audience
    roles: frozenset[str] = frozenset()
    shows_customers: bool = True


class Undeclared(Exception):
    """A view does not say whom it is for."""


Guard = Callable[[Rule], ResponseReturnValue | None]


def public(view: View) -> View:
    """Anybody may call the view; what it shows it must guard itself, as by a key."""
    return _declare(view, Rule(Audience.PUBLIC))


def customer(view: View) -> View:
    """Only a signed-in customer may call the view."""
    return _declare(view, Rule(Audience.CUSTOMER))


def staff(*roles: str, shows_customers: bool = True) -> Callable[[View], View]:
    """Only signed-in staff may call the view: `@staff()` any, `@staff("owner")` the owner.

    `shows_customers=False` is for a view in which nothing of any customer's is seen or changed.
    """
    return lambda view: _declare(view, Rule(Audience.STAFF, frozenset(roles), shows_customers))


def _declare(view: View, rule: Rule) -> View:
    view.access_rule = rule  # type: ignore[attr-defined]
    return view


def init_app(app: Flask) -> None:
    """Ask before each request. Comes before whatever reads the request's form."""
    app.extensions["access_guards"] = {}
    if "static" in app.view_functions:
        public(app.view_functions["static"])
    app.before_request(_enforce)


def set_guard(app: Flask, audience: Audience, guard: Guard) -> None:
    """Let `guard` decide for this audience: it answers None to let the request pass, or what to say instead."""
    app.extensions["access_guards"][audience] = guard


def rule_of(app: Flask, endpoint: str) -> Rule | None:
    """What the endpoint declared; None when it did not."""
    return getattr(app.view_functions[endpoint], "access_rule", None)


def check(app: Flask) -> None:
    """Raises Undeclared, naming every endpoint that does not say whom it is for."""
    silent = [rule.endpoint for rule in app.url_map.iter_rules() if rule_of(app, rule.endpoint) is None]
    if silent:
        raise Undeclared(
            f"{', '.join(sorted(set(silent)))}: put @public, @customer or @staff(…) of shop.access_rules on each view"
        )


def _enforce() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None
    rule = rule_of(current_app._get_current_object(), request.endpoint)  # type: ignore[attr-defined]
    if rule is None:
        raise Undeclared(f"{request.endpoint} does not say whom it is for")
    if rule.audience == Audience.PUBLIC:
        return None
    guards: dict[Audience, Guard] = current_app.extensions["access_guards"]
    return guards[rule.audience](rule) if rule.audience in guards else abort(404)
