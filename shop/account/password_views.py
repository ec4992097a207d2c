"""The password: forgotten, chosen anew by a mailed link, and changed."""

from __future__ import annotations

from flask import Response, flash, url_for
from flask.typing import ResponseReturnValue

from ..access_rules import customer, public
from ..customers.models import MailedLink
from ..customers.queries import has_second_factor
from ..customers.services import passwords
from ..customers.services.links import LinkGone
from ..customers.services.sign_in import enter
from ..customers.signed_in import current_session
from ..mail_limits import LINKS_BY_ADDRESS, is_everybody, limiter, may_mail
from ..passwords import SHORTEST_ALONE, SHORTEST_WITH_SECOND_FACTOR
from ..signing_in import go_to
from ..web import changed, page_or_fragment, see_other
from .entering import here, key_given, let_in, link_gone
from .pages import blueprint
from .security_forms import AddressForm, ChangePasswordForm, NewPasswordForm

CHANGED = "Your password is changed. Every other sign-in has ended."
WRONG = "This is not your present password."


@blueprint.get("/.well-known/change-password")
@public
def well_known() -> ResponseReturnValue:
    """Where password managers look for the page."""
    return see_other(url_for(".password"))


@blueprint.get("/password/forgotten")
@public
def forgotten() -> ResponseReturnValue:
    return _ask(AddressForm())


@blueprint.post("/password/forgotten")
@public
@limiter.limit(LINKS_BY_ADDRESS, exempt_when=is_everybody)
def send_reset() -> ResponseReturnValue:
    form = AddressForm()
    if not form.validate():
        return _ask(form, 422)
    if may_mail(form.email.data):
        passwords.mail_reset_link(email=form.email.data)
    return changed("account/_link_sent.html", location=url_for(".link_sent"))


@blueprint.get("/password/new")
@public
def new_password() -> ResponseReturnValue:
    try:
        return _choose(NewPasswordForm(key=key_given()), passwords.reset_link(key_given()))
    except LinkGone:
        return link_gone("account.forgotten")


@blueprint.post("/password/new")
@public
def set_new_password() -> ResponseReturnValue:
    form = NewPasswordForm()
    try:
        link = passwords.reset_link(key_given())
        if not form.validate():
            return _choose(form, link, 422)
        found = passwords.reset_password(token=key_given(), new=form.password.data)
    except LinkGone:
        return link_gone("account.forgotten")
    except passwords.PasswordTooWeak as problem:
        form.password.errors = [str(problem)]
        return _choose(form, link, 422)
    return let_in(enter(customer=found))


@blueprint.get("/account/password")
@customer
def password() -> ResponseReturnValue:
    return _change(ChangePasswordForm())


@blueprint.post("/account/password")
@customer
def change_password() -> ResponseReturnValue:
    form = ChangePasswordForm()
    if not form.validate():
        return _change(form, 422)
    try:
        passwords.change_password(
            customer=here(), current=form.current.data, new=form.password.data, session=current_session()
        )
    except passwords.WrongPassword:
        form.current.errors = [WRONG]
        return _change(form, 422)
    except passwords.PasswordTooWeak as problem:
        form.password.errors = [str(problem)]
        return _change(form, 422)
    flash(CHANGED)
    return go_to(url_for(".security"))


def _ask(form: AddressForm, status: int = 200) -> Response:
    return page_or_fragment("account/forgotten.html", "account/_forgotten.html", status=status, form=form)


def _choose(form: NewPasswordForm, link: MailedLink, status: int = 200) -> Response:
    page, fragment = "account/new_password.html", "account/_new_password.html"
    shortest = _shortest(link.customer_id or 0)
    return page_or_fragment(page, fragment, status=status, form=form, email=link.email, shortest=shortest)


def _change(form: ChangePasswordForm, status: int = 200) -> Response:
    mine, page, fragment = here(), "account/password.html", "account/_password.html"
    return page_or_fragment(page, fragment, status=status, form=form, shortest=_shortest(mine.id), customer=mine)


def _shortest(customer_id: int) -> int:
    return SHORTEST_WITH_SECOND_FACTOR if has_second_factor(customer_id) else SHORTEST_ALONE
