"""A forgotten password at the desk: asking for a link, and choosing another by it."""

from __future__ import annotations

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from ...access_rules import public
from ...mail_limits import LINKS_BY_ADDRESS, limiter, may_mail
from ...passwords import SHORTEST_ALONE, SHORTEST_WITH_SECOND_FACTOR
from ...web import changed, page_or_fragment
from ..blueprint import blueprint
from ..models import Staff
from ..services import PasswordTooWeak
from .entering import let_in
from .forms import EmailForm, NewPasswordForm
from .resetting import LinkGone, mail_reset_link, reset_password, staff_of_link
from .second_factor import authenticator_of
from .signing_in import enter


@blueprint.get("/password/forgotten")
@public
def forgotten() -> ResponseReturnValue:
    return _ask(EmailForm())


@blueprint.post("/password/forgotten")
@public
@limiter.limit(LINKS_BY_ADDRESS)
def send_reset() -> ResponseReturnValue:
    form = EmailForm()
    if not form.validate():
        return _ask(form, 422)
    if may_mail(form.email.data):
        mail_reset_link(email=form.email.data)
    return changed("admin/access/_reset_sent.html", location=url_for(".reset_sent"))


@blueprint.get("/password/sent")
@public
def reset_sent() -> ResponseReturnValue:
    return page_or_fragment("admin/access/reset_sent.html", "admin/access/_reset_sent.html")


@blueprint.get("/password/new")
@public
def new_password() -> ResponseReturnValue:
    """Programs that read mail follow links: looking at it uses nothing up."""
    try:
        return _choose(NewPasswordForm(key=_key()), staff_of_link(_key()))
    except LinkGone:
        return _gone()


@blueprint.post("/password/new")
@public
def set_new_password() -> ResponseReturnValue:
    form = NewPasswordForm()
    try:
        found = staff_of_link(_key())
        if not form.validate():
            return _choose(form, found, 422)
        person = reset_password(token=_key(), new=form.password.data)
    except PasswordTooWeak as problem:
        form.password.errors = [str(problem)]
        return _choose(form, found, 422)
    except LinkGone:
        return _gone()
    return let_in(enter(staff=person))


def _key() -> str:
    return str(request.form.get("key") or request.args.get("key") or "")


def _ask(form: EmailForm, status: int = 200) -> Response:
    return page_or_fragment("admin/access/forgotten.html", "admin/access/_forgotten.html", status=status, form=form)


def _choose(form: NewPasswordForm, staff: Staff, status: int = 200) -> Response:
    shortest = SHORTEST_ALONE if authenticator_of(staff.id) is None else SHORTEST_WITH_SECOND_FACTOR
    shown = {"form": form, "email": staff.email, "shortest": shortest}
    return page_or_fragment("admin/access/new_password.html", "admin/access/_new_password.html", status=status, **shown)


def _gone() -> Response:
    return page_or_fragment("admin/access/reset_gone.html", "admin/access/_reset_gone.html", status=410)
