"""Signing in to an account, and out of it."""

from __future__ import annotations

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue

from .. import signing_in
from ..access_rules import customer, public
from ..customers.services import sessions
from ..customers.signed_in import current_customer, current_session
from ..web import see_other
from .pages import blueprint


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    target = signing_in.own_path(request.args.get("next", ""), below=["/account", "/my-data", "/checkout"])
    if current_customer():
        return see_other(target or url_for("account.home"))
    return abort(404)


@blueprint.post("/sign-out")
@customer
def sign_out() -> ResponseReturnValue:
    session = current_session()
    if session is not None:
        sessions.end_session(session=session)
    signing_in.end_session()
    return signing_in.go_to("/")
