"""The member of staff behind a request, and the guard of every staff page."""

from __future__ import annotations

from flask import Flask, Response, abort, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from .. import access_rules, signing_in
from ..access_rules import Audience, Rule
from ..web import is_htmx, see_other
from .access.sessions import note_visit
from .models import Role, Staff, StaffSession
from .queries import is_in_office, session_of

KIND = "staff"
NOT_YOURS = "Your role at the desk does not open this page. An owner can give you another one, under People."


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
    person, session = current_user.person, current_user.session
    if rule.roles and not (person.role in rule.roles and is_in_office(person)):
        abort(403, NOT_YOURS)
    if rule.shows_customers and person.role == Role.AUDITOR:
        abort(403, NOT_YOURS)
    if rule.shows_customers and session.proven_at is None:
        return _to_second_factor()
    note_visit(session=session)
    return None


def _to_second_factor() -> ResponseReturnValue:
    """Nobody sees anything of a customer's by a password alone."""
    target = url_for("admin.second_factor")
    return Response(status=403, headers={"HX-Redirect": target}) if is_htmx() else see_other(target)
