"""Who is signed in: Flask-Login over the shop's own sessions, those of customers and of staff alike.

The cookie holds a random token and nothing else. A browser is signed in as one person at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from flask import Flask, Response, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from .web import is_htmx, see_other

manager = LoginManager()
# It would put a hash of address and browser into the cookie, which holds random ids and nothing else.
manager.session_protection = None
manager._session_identifier_generator = lambda: None

# Finds the session with a token, and whose it is; None when there is none, or it has ended.
Finder = Callable[[str], tuple[Any, Any] | None]
_finders: dict[str, Finder] = {}


class SignedIn(UserMixin):  # type: ignore[misc]
    """What `current_user` is once somebody has signed in. `kind` is "customer" or "staff"."""

    def __init__(self, kind: str, token: str, session: Any, person: Any) -> None:
        self.kind, self.token, self.session, self.person = kind, token, session, person

    def get_id(self) -> str:
        return f"{self.kind}:{self.token}"


def init_app(app: Flask) -> None:
    """Not by the manager's own init_app: that reads the session for every answer, which would make each page of the
    shop depend on a cookie."""
    app.login_manager = manager  # type: ignore[attr-defined]


def set_finder(kind: str, finder: Finder) -> None:
    _finders[kind] = finder


@manager.user_loader  # type: ignore[untyped-decorator]
def _load(name: str) -> SignedIn | None:
    kind, _, token = name.partition(":")
    found = _finders[kind](token) if kind in _finders else None
    return SignedIn(kind, token, *found) if found else None


def signed_in(kind: str) -> SignedIn | None:
    """Whoever of this kind sent the request. Reads the session: for pages that are somebody's own."""
    is_here = current_user.is_authenticated and current_user.kind == kind
    return current_user._get_current_object() if is_here else None


def start_session(kind: str, token: str) -> None:
    """Sign the browser in, with nothing left of the session it had before."""
    session.clear()
    found = _finders[kind](token)
    if found:
        login_user(SignedIn(kind, token, *found))


def end_session() -> None:
    logout_user()
    session.clear()


def own_path(target: str, *, below: Collection[str]) -> str | None:
    """`target` when it is a page below one of these paths ("/admin/"); None for anything that could lead elsewhere."""
    path = target.partition("?")[0]
    is_odd = ".." in path or "\\" in target or not target.isprintable()
    is_below = any(path == each or path.startswith(f"{each.rstrip('/')}/") for each in below)
    return target if is_below and not is_odd else None


def go_to(target: str) -> ResponseReturnValue:
    """To another page: the whole page, for htmx too."""
    return Response(status=204, headers={"HX-Redirect": target}) if is_htmx() else see_other(target)


def to_sign_in(endpoint: str) -> ResponseReturnValue:
    """To the sign-in page and from there back here, if here can be had by a GET."""
    is_page = request.method == "GET" and not is_htmx()
    target = url_for(endpoint, next=request.full_path.rstrip("?") if is_page else None)
    return Response(status=403, headers={"HX-Redirect": target}) if is_htmx() else see_other(target)
