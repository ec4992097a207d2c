"""The member of staff behind a request: Flask-Login over our own sessions, and the guard of every staff page."""

from __future__ import annotations

from flask import Flask, Response, abort, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from .. import access_rules
from ..access_rules import Audience, Rule
from ..web import is_htmx, see_other
from .models import StaffSession
from .queries import session_of
from .services import note_visit

manager = LoginManager()
# It would put a hash of address and browser into the cookie, which holds random ids and nothing else.
manager.session_protection = None
manager._session_identifier_generator = lambda: None


class SignedIn(UserMixin):  # type: ignore[misc]
    """What `current_user` is on a staff page."""

    def __init__(self, token: str, session: StaffSession) -> None:
        self.token, self.session, self.staff = token, session, session.staff

    def get_id(self) -> str:
        return self.token


@manager.user_loader  # type: ignore[untyped-decorator]
def _load(token: str) -> SignedIn | None:
    found = session_of(token)
    return SignedIn(token, found) if found else None


def init_app(app: Flask) -> None:
    """Not by the manager's own init_app: that reads the session for every answer, which would make each page of the
    shop depend on a cookie."""
    app.login_manager = manager  # type: ignore[attr-defined]
    access_rules.set_guard(app, Audience.STAFF, _guard)


def start_session(token: str) -> None:
    """Sign the browser in, with nothing left of the session it had before."""
    session.clear()
    found = session_of(token)
    if found:
        login_user(SignedIn(token, found))


def end_session() -> None:
    logout_user()
    session.clear()


def own_path(target: str) -> str | None:
    """`target` when it is a page of the desk; None for anything that could lead elsewhere."""
    path = target.partition("?")[0]
    is_odd = ".." in path or "\\" in target or not target.isprintable()
    return target if path.startswith("/admin/") and not is_odd else None


def go_to(target: str) -> ResponseReturnValue:
    """To another page: the whole page, for htmx too."""
    return Response(status=204, headers={"HX-Redirect": target}) if is_htmx() else see_other(target)


def _guard(rule: Rule) -> ResponseReturnValue | None:
    if not current_user.is_authenticated:
        return _to_sign_in()
    if rule.roles and current_user.staff.role not in rule.roles:
        abort(403)
    note_visit(session=current_user.session)
    return None


def _to_sign_in() -> ResponseReturnValue:
    """To the sign-in page and from there back here, if here can be had by a GET."""
    is_page = request.method == "GET" and not is_htmx()
    target = url_for("admin.sign_in", next=request.full_path.rstrip("?") if is_page else None)
    return Response(status=403, headers={"HX-Redirect": target}) if is_htmx() else see_other(target)
