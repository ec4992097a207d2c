"""One's own second factor: set up before anything of a customer's is seen, moved to another phone, codes renewed."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...second_factor import WrongCode, app_shown
from ...signing_in import go_to
from ...web import page_or_fragment, see_other
from ..blueprint import blueprint
from ..models import Staff
from . import second_factor as service
from .entering import WRONG_CODE
from .forms import CodeForm, PasswordForm, ProofForm
from .passwords import check_password, count_wrong

WRONG_PASSWORD = "This is not your password."  # noqa: S105


@blueprint.get("/me/second-factor")
@staff(shows_customers=False)
def second_factor() -> ResponseReturnValue:
    return _start_page(_proof_form())


@blueprint.post("/me/second-factor")
@staff(shows_customers=False)
def start_second_factor() -> ResponseReturnValue:
    """Whoever has an app proves it once more before another takes its place."""
    form = _proof_form()
    if not _is_proven(form):
        return _start_page(form, 422)
    service.begin_app(staff=_me())
    return go_to(url_for(".show_app"))


@blueprint.get("/me/second-factor/app")
@staff(shows_customers=False)
def show_app() -> ResponseReturnValue:
    return _app_page(CodeForm())


@blueprint.post("/me/second-factor/app")
@staff(shows_customers=False)
def confirm_app() -> ResponseReturnValue:
    """The recovery codes are the answer itself: only their hashes are kept, so no later page could show them."""
    form = CodeForm()
    if not form.validate():
        return _app_page(form, 422)
    try:
        codes = service.confirm_app(staff=_me(), code=form.code.data, session=current_user.session)
    except WrongCode:
        form.code.errors = [WRONG_CODE]
        return _app_page(form, 422)
    return _page("recovery_codes", codes=codes, is_new=True)


@blueprint.post("/me/recovery-codes")
@staff(shows_customers=False)
def renew_recovery_codes() -> ResponseReturnValue:
    form = ProofForm()
    if not form.validate() or not _knows_password(form):
        return _start_page(form, 422)
    try:
        return _page("recovery_codes", codes=service.renew_recovery_codes(staff=_me(), code=form.code.data))
    except WrongCode:
        return _start_page(_wrong_code(form), 422)


def _me() -> Staff:
    found: Staff = current_user.person
    return found


def _proof_form() -> PasswordForm:
    return PasswordForm() if service.authenticator_of(_me().id) is None else ProofForm()


def _is_proven(form: PasswordForm) -> bool:
    if not form.validate() or not _knows_password(form):
        return False
    if not isinstance(form, ProofForm) or service.prove(staff=_me(), code=form.code.data):
        return True
    _wrong_code(form)
    return False


def _wrong_code(form: ProofForm) -> ProofForm:
    count_wrong(staff=_me())
    form.code.errors = [WRONG_CODE]
    return form


def _knows_password(form: PasswordForm) -> bool:
    if check_password(staff=_me(), password=form.password.data):
        return True
    form.password.errors = [WRONG_PASSWORD]
    return False


def _start_page(form: PasswordForm, status: int = 200) -> Response:
    mine = _me()
    shown = {
        "is_on": service.authenticator_of(mine.id) is not None,
        "codes_left": service.recovery_codes_left(mine.id),
        "demo_code": service.code_shown(mine.id),
    }
    return _page("second_factor", status, form=form, **shown)


def _app_page(form: CodeForm, status: int = 200) -> ResponseReturnValue:
    found, mine = service.app_to_confirm(_me().id), _me()
    if found is None:
        return see_other(url_for(".second_factor"))
    return _page("app", status, form=form, app=app_shown(str(found.secret), account=str(mine.email)))


def _page(name: str, status: int = 200, **shown: Any) -> Response:
    page, fragment = f"admin/access/{name}.html", f"admin/access/_{name}.html"
    return page_or_fragment(page, fragment, status=status, desk_page="me", **shown)
