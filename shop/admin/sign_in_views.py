"""Signing in to the desk, and out of it."""

from __future__ import annotations

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from .. import signing_in
from ..access_rules import public, staff
from ..limits import limiter
from ..sign_in_tries import TRIES_BY_ADDRESS, TRIES_EACH, WRONG, SignInForm, account_and_address, failed
from ..web import page_or_fragment, see_other
from . import services, signed_in
from .blueprint import blueprint


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    target = signed_in.own_path(request.args.get("next", ""))
    if signing_in.signed_in(signed_in.KIND):
        return see_other(target or url_for("admin.home"))
    return _sign_in_page(SignInForm(next=target))


@blueprint.post("/sign-in")
@public
@limiter.limit(TRIES_EACH, key_func=account_and_address, deduct_when=failed)
@limiter.limit(TRIES_BY_ADDRESS, deduct_when=failed)
def check_sign_in() -> ResponseReturnValue:
    form = SignInForm()
    if not form.validate():
        return _sign_in_page(form, 422)
    try:
        token = services.sign_in(email=form.email.data, password=form.password.data)
    except services.WrongCredentials:
        form.password.errors = [WRONG]
        return _sign_in_page(form, 422)
    signing_in.start_session(signed_in.KIND, token)
    return signing_in.go_to(signed_in.own_path(form.next.data or "") or url_for("admin.home"))


def _sign_in_page(form: SignInForm, status: int = 200) -> Response:
    return page_or_fragment("admin/sign_in.html", "admin/_sign_in.html", status=status, form=form)


@blueprint.post("/sign-out")
@staff()
def sign_out() -> ResponseReturnValue:
    services.sign_out(session=current_user.session)
    signing_in.end_session()
    return signing_in.go_to(url_for("admin.sign_in"))
