"""The member of staff behind a request, and the guard of every staff page."""

from __future__ import annotations

from flask import Flask, abort
from flask.typing import ResponseReturnValue
from flask_login import current_user

from .. import access_rules, signing_in
from ..access_rules import Audience, Rule
from .models import Staff, StaffSession
from .queries import session_of
from .services import note_visit

KIND = "staff"


def init_app(app: Flask) -> None:
    signing_in.set_finder(KIND, _find)
    access_rules.set_guard(app, Audience.STAFF, _guard)
    app.jinja_env.globals["has_role"] = has_role


def _find(token: str) -> tuple[StaffSession, Staff] | None:
    found = session_of(token)
    return (found, found.staff) if found else None


def own_path(target: str) -> str | None:
    """`target` when it is a page of the desk."""
    return signing_in.own_path(target, below=["/admin/"])


def has_role(*roles: str) -> bool:
    """Whether whoever is signed in at the desk has one of these; for what a page shows, not for what it allows."""
    found = signing_in.signed_in(KIND)
    return found is not None and found.person.role in roles


def _guard(rule: Rule) -> ResponseReturnValue | None:
    if signing_in.signed_in(KIND) is None:
        return signing_in.to_sign_in("admin.sign_in")
    if rule.roles and current_user.person.role not in rule.roles:
        abort(403)
    note_visit(session=current_user.session)
    return None
