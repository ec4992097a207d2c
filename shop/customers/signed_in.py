"""The customer behind a request, and the guard of every page that is a customer's own."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask.typing import ResponseReturnValue

from .. import access_rules, clock, signing_in
from ..access_rules import Audience, Rule
from .models import Customer, CustomerSession
from .queries import session_of
from .services.sessions import note_visit

KIND = "customer"
RECENTLY = timedelta(hours=12)


def init_app(app: Flask) -> None:
    signing_in.set_finder(KIND, _find)
    access_rules.set_guard(app, Audience.CUSTOMER, _guard)


def current_customer() -> Customer | None:
    """Whoever is signed in with an account, or None."""
    found = signing_in.signed_in(KIND)
    return found.person if found else None


def current_session() -> CustomerSession | None:
    found = signing_in.signed_in(KIND)
    return found.session if found else None


def signed_in_recently() -> bool:
    """Whether it is so short a time ago that nobody else is likely to sit at this browser: else ask for the password
    before anything that costs money."""
    session = current_session()
    return session is not None and session.created_at > clock.now() - RECENTLY


def _find(token: str) -> tuple[CustomerSession, Customer] | None:
    found = session_of(token)
    return (found, found.customer) if found else None


def _guard(_rule: Rule) -> ResponseReturnValue | None:
    session = current_session()
    if session is None:
        return signing_in.to_sign_in("account.sign_in")
    note_visit(session=session)
    return None
