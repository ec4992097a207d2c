"""The second factor: an app that shows codes, set up, renewed and turned off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, url_for
from flask.typing import ResponseReturnValue

from ..access_rules import customer
from ..customers.queries import authenticator_of, has_second_factor, recovery_codes_left
from ..customers.services import second_factor as service
from ..customers.services.passwords import PasswordTooWeak, check_password, count_wrong, refuse_weak
from ..second_factor import WrongCode, app_shown
from ..signing_in import go_to
from ..web import page_or_fragment, see_other
from .entering import here
from .pages import blueprint
from .security_forms import CodeForm, PasswordForm, ProofForm

WRONG_PASSWORD = "This is not your password."  # noqa: S105
WRONG_CODE = "This code is not right, or was used already. Look for the newest one in your app."
TOO_SHORT = "Your password is too short to stand alone. Choose a longer one first, then turn the second factor off."


@blueprint.get("/account/second-factor")
@customer
def second_factor() -> ResponseReturnValue:
    return _on_page(ProofForm()) if has_second_factor(here().id) else _off_page(PasswordForm())


@blueprint.post("/account/second-factor/start")
@customer
def start_second_factor() -> ResponseReturnValue:
    form = PasswordForm()
    if not _is_proven(form):
        return _off_page(form, 422)
    try:
        service.start_authenticator(customer=here())
    except service.AlreadyOn:
        return go_to(url_for(".second_factor"))
    return go_to(url_for(".show_app"))


@blueprint.get("/account/second-factor/app")
@customer
def show_app() -> ResponseReturnValue:
    return _app_page(CodeForm())


@blueprint.post("/account/second-factor/app")
@customer
def confirm_app() -> ResponseReturnValue:
    """The recovery codes are the answer itself: only their hashes are kept, so no later page could show them."""
    form = CodeForm()
    if not form.validate():
        return _app_page(form, 422)
    try:
        codes = service.confirm_authenticator(customer=here(), code=form.code.data)
    except service.AlreadyOn:
        return go_to(url_for(".second_factor"))
    except WrongCode:
        form.code.errors = [WRONG_CODE]
        return _app_page(form, 422)
    return _codes_page(codes, is_new=True)


@blueprint.post("/account/second-factor/codes")
@customer
def renew_codes() -> ResponseReturnValue:
    return _prove(lambda form: _codes_page(service.renew_recovery_codes(customer=here(), code=form.code.data)))


@blueprint.post("/account/second-factor/off")
@customer
def turn_off() -> ResponseReturnValue:
    return _prove(_turn_off)


def _turn_off(form: ProofForm) -> ResponseReturnValue:
    mine = here()
    try:
        refuse_weak(form.password.data, about=(mine.email, mine.name or ""))
    except PasswordTooWeak:
        form.password.errors = [TOO_SHORT]
        return _on_page(form, 422)
    service.turn_off(customer=mine, code=form.code.data)
    flash("Your second factor is off.")
    return go_to(url_for(".security"))


def _prove(then: Callable[[ProofForm], ResponseReturnValue]) -> ResponseReturnValue:
    form = ProofForm()
    if not has_second_factor(here().id):
        return go_to(url_for(".second_factor"))
    if not _is_proven(form):
        return _on_page(form, 422)
    try:
        return then(form)
    except WrongCode:
        count_wrong(customer=here())
        form.code.errors = [WRONG_CODE]
        return _on_page(form, 422)


def _is_proven(form: PasswordForm | ProofForm) -> bool:
    if not form.validate():
        return False
    if check_password(customer=here(), password=form.password.data):
        return True
    form.password.errors = [WRONG_PASSWORD]
    return False


def _off_page(form: PasswordForm, status: int = 200) -> Response:
    return _page("second_factor_off", status, form=form)


def _on_page(form: ProofForm, status: int = 200) -> Response:
    return _page("second_factor_on", status, form=form, codes_left=recovery_codes_left(here().id))


def _codes_page(codes: list[str], *, is_new: bool = False) -> Response:
    return _page("recovery_codes", 200, codes=codes, is_new=is_new)


def _app_page(form: CodeForm, status: int = 200) -> ResponseReturnValue:
    mine = here()
    found = authenticator_of(mine.id)
    if found is None or found.confirmed_at is not None:
        return see_other(url_for(".second_factor"))
    return _page("app", status, form=form, app=app_shown(str(found.secret), account=str(mine.email)))


def _page(name: str, status: int, **shown: Any) -> Response:
    return page_or_fragment(f"account/{name}.html", f"account/_{name}.html", status=status, customer=here(), **shown)
