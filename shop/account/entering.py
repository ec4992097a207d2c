"""Letting somebody in who proved who they are; what the views of the ways in share."""

from __future__ import annotations

from flask import Response, abort, request, session, url_for
from flask.typing import ResponseReturnValue

from .. import signing_in
from ..customers.models import Customer
from ..customers.services.sign_in import Entry
from ..customers.signed_in import KIND, current_customer
from ..web import page_or_fragment

# Below these one may be led back to after signing in.
OWN_PAGES = ("/account", "/my-data", "/checkout")
# Where the session keeps the token of a step.
STEP = "step"


def here() -> Customer:
    """Whose page this is; their guard let them in."""
    return current_customer() or abort(404)


def own_path(target: str | None) -> str | None:
    return signing_in.own_path(target or "", below=OWN_PAGES)


def let_in(entry: Entry, *, target: str | None = None) -> ResponseReturnValue:
    """To the account or to `target`; or to where the second factor's code is asked for."""
    where = own_path(target)
    if entry.needs_code:
        session.clear()
        session[STEP] = entry.token
        return signing_in.go_to(url_for("account.ask_code", next=where))
    return start(entry.token, target=where)


def start(token: str, *, target: str | None = None) -> ResponseReturnValue:
    """Sign the browser in."""
    signing_in.start_session(KIND, token)
    return signing_in.go_to(own_path(target) or url_for("account.home"))


def link_gone(again: str) -> Response:
    """The answer to a mailed link that leads nowhere any more; `again` is the endpoint where one asks for another."""
    return page_or_fragment("account/link_gone.html", "account/_link_gone.html", status=410, again=again)


def key_given() -> str:
    """The key that came with a mailed link, or with the form on its page."""
    return str(request.form.get("key") or request.args.get("key") or "")
