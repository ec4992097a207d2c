"""Signing in to the desk, and out of it."""

from __future__ import annotations

from typing import Any

from flask import Response, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..access_rules import public, staff
from ..limits import limiter
from ..second_factor import WrongCode
from ..sign_in_tries import TRIES_BY_ADDRESS, TRIES_EACH, WRONG, SignInForm, account_and_address, failed
from ..signing_in import end_session, go_to, start_session
from ..signing_in import signed_in as found_in
from ..web import page_or_fragment, see_other
from . import signed_in
from .access import sessions, signing_in
from .access.entering import START_AGAIN, STEP, WRONG_CODE, let_in
from .access.forms import CodeForm
from .access.second_factor import code_shown, has_demo_app
from .blueprint import blueprint


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    target = signed_in.own_path(request.args.get("next", ""))
    if found_in(signed_in.KIND):
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
        entry = signing_in.sign_in(email=form.email.data, password=form.password.data)
    except signing_in.WrongCredentials:
        form.password.errors = [WRONG]
        return _sign_in_page(form, 422)
    return let_in(entry, target=form.next.data)


@blueprint.get("/sign-in/code")
@public
def ask_code() -> ResponseReturnValue:
    return _code_page(CodeForm()) if STEP in session else see_other(url_for(".sign_in"))


@blueprint.post("/sign-in/code")
@public
def check_code() -> ResponseReturnValue:
    form = CodeForm()
    if not form.validate():
        return _code_page(form, 422)
    try:
        token = signing_in.sign_in_with_code(token=session.get(STEP, ""), code=form.code.data)
    except WrongCode:
        form.code.errors = [WRONG_CODE]
        return _code_page(form, 422)
    except signing_in.TooManyTries as problem:
        return _code_page(form, 429, problem=f"{problem.description} A recovery code works at once.")
    except signing_in.StepGone:
        return _start_again()
    start_session(signed_in.KIND, token)
    return go_to(_target() or url_for("admin.home"))


def _code_page(form: CodeForm, status: int = 200, **shown: Any) -> Response:
    try:
        step = signing_in.step_with(session.get(STEP, ""))
    except signing_in.StepGone:
        return _start_again()
    shown |= {"by_recovery": request.args.get("with") == "recovery", "is_demo": has_demo_app(step.staff_id)}
    page, fragment = "admin/access/sign_in_code.html", "admin/access/_sign_in_code.html"
    demo_code = code_shown(step.staff_id)
    return page_or_fragment(page, fragment, status=status, form=form, target=_target(), demo_code=demo_code, **shown)


def _start_again() -> Response:
    session.pop(STEP, None)
    return _sign_in_page(SignInForm(formdata=None, next=_target()), 410, problem=START_AGAIN)


def _target() -> str | None:
    return signed_in.own_path(request.args.get("next", ""))


def _sign_in_page(form: SignInForm, status: int = 200, problem: str = "") -> Response:
    page, fragment = "admin/sign_in.html", "admin/_sign_in.html"
    return page_or_fragment(page, fragment, status=status, form=form, also=[problem] if problem else [])


@blueprint.post("/sign-out")
@staff(shows_customers=False)
def sign_out() -> ResponseReturnValue:
    sessions.end_session(session=current_user.session)
    end_session()
    return go_to(url_for("admin.sign_in"))
