"""Signing in to an account, and out of it."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_limiter import RequestLimit

from .. import signing_in
from ..access_rules import customer, public
from ..cart import cookie
from ..cart.queries import items_in_cart
from ..customers.services import sessions
from ..customers.services import sign_in as service
from ..customers.services.passkeys import are_possible
from ..customers.services.steps import StepGone
from ..customers.signed_in import current_customer, current_session
from ..limits import in_words, is_everybody, limiter, seconds_left
from ..sign_in_tries import TRIES_BY_ADDRESS, TRIES_EACH, WRONG, account_and_address, account_key, failed
from ..web import page_or_fragment, see_other
from .entering import STEP, let_in, own_path, start
from .pages import blueprint
from .security_forms import CodeForm, OwnSignInForm

# Wherever they come from; a mailed link gets its reader in all the same.
TRIES_IN_ALL = "100 per hour"
WRONG_CODE = "This code is not right, or was used already. Look for the newest one in your app."
START_AGAIN = "That took too long, or too many codes were wrong. Please sign in again."


def _too_many(_limit: RequestLimit) -> Response:
    wait = in_words(seconds_left())
    problem = f"To keep accounts safe we only take so many tries. Wait {wait}, or let us mail you a link."
    return _sign_in_page(OwnSignInForm(), 429, problem=problem)


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    target = own_path(request.args.get("next"))
    if current_customer():
        return see_other(target or url_for("account.home"))
    return _sign_in_page(OwnSignInForm(next=target))


@blueprint.post("/sign-in")
@public
@limiter.limit(TRIES_EACH, key_func=account_and_address, deduct_when=failed, on_breach=_too_many)
@limiter.limit(TRIES_BY_ADDRESS, deduct_when=failed, exempt_when=is_everybody, on_breach=_too_many)
@limiter.limit(TRIES_IN_ALL, key_func=account_key, deduct_when=failed, on_breach=_too_many)
def check_sign_in() -> ResponseReturnValue:
    form = OwnSignInForm()
    if not form.validate():
        return _sign_in_page(form, 422)
    try:
        entry = service.sign_in(email=form.email.data, password=form.password.data)
    except service.WrongCredentials:
        form.password.errors = [WRONG]
        return _sign_in_page(form, 422)
    return let_in(entry, target=form.next.data)


@blueprint.get("/sign-in/code")
@public
def ask_code() -> ResponseReturnValue:
    if STEP not in session:
        return see_other(url_for(".sign_in"))
    return _code_page(CodeForm())


@blueprint.post("/sign-in/code")
@public
def check_code() -> ResponseReturnValue:
    form = CodeForm()
    if not form.validate():
        return _code_page(form, 422)
    try:
        token = service.sign_in_with_code(token=session.get(STEP, ""), code=form.code.data)
    except service.WrongCode:
        form.code.errors = [WRONG_CODE]
        return _code_page(form, 422)
    except service.TooManyTries as problem:
        return _code_page(form, 429, problem=f"{problem.description} A recovery code works at once.")
    except StepGone:
        session.pop(STEP, None)
        return _sign_in_page(OwnSignInForm(formdata=None, next=_target()), 410, problem=START_AGAIN)
    return start(token, target=_target())


@blueprint.post("/sign-out")
@customer
def sign_out() -> ResponseReturnValue:
    found = current_session()
    if found is not None:
        sessions.end_session(session=found)
    signing_in.end_session()
    has_cart = items_in_cart(cookie.token_in(request)) > 0
    return signing_in.go_to(url_for(".signed_out") if has_cart else "/")


@blueprint.get("/signed-out")
@public
def signed_out() -> ResponseReturnValue:
    """What becomes of the cart, which is the browser's and not the account's: for whoever shares a computer."""
    return render_template("account/signed_out.html", count=items_in_cart(cookie.token_in(request)))


def _target() -> str | None:
    return own_path(request.args.get("next"))


def _sign_in_page(form: OwnSignInForm, status: int = 200, **shown: Any) -> Response:
    page, fragment = "account/sign_in.html", "account/_sign_in.html"
    return page_or_fragment(page, fragment, status=status, form=form, has_passkeys=are_possible(), **shown)


def _code_page(form: CodeForm, status: int = 200, **shown: Any) -> Response:
    by_recovery = request.args.get("with") == "recovery"
    page, fragment = "account/sign_in_code.html", "account/_sign_in_code.html"
    shown |= {"form": form, "target": _target(), "by_recovery": by_recovery}
    return page_or_fragment(page, fragment, status=status, **shown)
