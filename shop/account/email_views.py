"""The address one signs in with: changed by a link to the new one, taken back by a link to the old one."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, flash, url_for
from flask.typing import ResponseReturnValue

from ..access_rules import customer, public
from ..customers.models import MailedLink
from ..customers.services import email as service
from ..customers.services.links import LinkGone
from ..customers.services.passwords import check_password
from ..customers.signed_in import current_customer, current_session
from ..limits import limiter, value_key
from ..mail_limits import may_mail
from ..signing_in import end_session, go_to
from ..vault import blind
from ..web import page_or_fragment
from .entering import here, key_given, link_gone
from .pages import blueprint
from .security_forms import ChangeEmailForm, KeyForm

# So that no account is a way to write to anybody's mailbox.
ASKED_AT_MOST = "5 per hour"
WRONG = "This is not your password."
THE_SAME = "This is the address that your account has already."
ASKED = "Look into the mailbox of the new address: the link in our mail confirms it."
CHANGED = "Your account has its new address. Every other sign-in has ended."
UNDONE = "Your account has its old address back. Now choose a new password."


def _was_asked(response: Response) -> bool:
    return response.status_code != 422


@blueprint.get("/account/email")
@customer
def email() -> ResponseReturnValue:
    return _change(ChangeEmailForm())


@blueprint.post("/account/email")
@customer
@limiter.limit(ASKED_AT_MOST, key_func=lambda: value_key("change of email", str(here().id)), deduct_when=_was_asked)
def ask_for_email() -> ResponseReturnValue:
    form = ChangeEmailForm()
    if not form.validate():
        return _change(form, 422)
    mine = here()
    if not check_password(customer=mine, password=form.password.data):
        form.password.errors = [WRONG]
        return _change(form, 422)
    if blind("email", form.email.data) == mine.email_index:
        form.email.errors = [THE_SAME]
        return _change(form, 422)
    if may_mail(form.email.data):
        service.ask_for_email(customer=mine, email=form.email.data)
    flash(ASKED)
    return go_to(url_for(".security"))


@blueprint.get("/email/confirm")
@public
def confirm_email() -> ResponseReturnValue:
    return _shown("account/confirm_email.html", service.change_link, again="account.email")


@blueprint.post("/email/confirm")
@public
def change_email() -> ResponseReturnValue:
    try:
        service.change_email(token=key_given(), session=current_session())
    except LinkGone:
        return link_gone("account.email")
    except service.EmailTaken:
        return page_or_fragment("account/already.html", "account/_already.html", status=409)
    flash(CHANGED)
    return go_to(url_for(".security") if current_customer() else url_for(".sign_in"))


@blueprint.get("/email/undo")
@public
def undo_email() -> ResponseReturnValue:
    return _shown("account/undo_email.html", service.undo_link, again="account.forgotten")


@blueprint.post("/email/undo")
@public
def take_email_back() -> ResponseReturnValue:
    try:
        reset = service.undo_email(token=key_given())
    except LinkGone:
        return link_gone("account.forgotten")
    except service.EmailTaken:
        return page_or_fragment("account/already.html", "account/_already.html", status=409)
    end_session()
    flash(UNDONE)
    return go_to(url_for(".new_password", key=reset))


def _change(form: ChangeEmailForm, status: int = 200) -> Response:
    return page_or_fragment("account/email.html", "account/_email.html", status=status, form=form, customer=here())


def _shown(page: str, link_of: Callable[[str], MailedLink], *, again: str) -> ResponseReturnValue:
    """The page that a link in a mail leads to: with a button, for programs that look at mails follow links too."""
    try:
        link = link_of(key_given())
    except LinkGone:
        return link_gone(again)
    return page_or_fragment(
        page, page.replace("account/", "account/_"), form=KeyForm(key=key_given()), email=link.email
    )
