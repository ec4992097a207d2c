"""Making an account: the address first, and what follows by the link that is mailed to it."""

from __future__ import annotations

from flask import Response, url_for
from flask.typing import ResponseReturnValue

from ..access_rules import public
from ..customers.models import MailedLink
from ..customers.services import sessions
from ..customers.services.links import LinkGone
from ..customers.services.passwords import PasswordTooWeak
from ..customers.services.sign_up import AccountExists, mail_sign_up_link, sign_up, sign_up_link
from ..customers.signed_in import current_customer
from ..mail_limits import LINKS_BY_ADDRESS, is_everybody, limiter, may_mail
from ..web import changed, page_or_fragment, see_other
from .entering import key_given, link_gone, start
from .pages import blueprint
from .security_forms import AddressForm, ChoosePasswordForm


@blueprint.get("/sign-up")
@public
def ask_sign_up() -> ResponseReturnValue:
    if current_customer():
        return see_other(url_for(".home"))
    return _ask(AddressForm())


@blueprint.post("/sign-up")
@public
@limiter.limit(LINKS_BY_ADDRESS, exempt_when=is_everybody)
def send_sign_up() -> ResponseReturnValue:
    form = AddressForm()
    if not form.validate():
        return _ask(form, 422)
    if may_mail(form.email.data):
        mail_sign_up_link(email=form.email.data)
    return changed("account/_link_sent.html", location=url_for(".link_sent"))


@blueprint.get("/sign-up/sent")
@public
def link_sent() -> ResponseReturnValue:
    return page_or_fragment("account/link_sent.html", "account/_link_sent.html")


@blueprint.get("/sign-up/password")
@public
def choose_password() -> ResponseReturnValue:
    try:
        link = sign_up_link(key_given())
    except LinkGone:
        return _gone()
    return _choose(ChoosePasswordForm(key=key_given()), link)


@blueprint.post("/sign-up/password")
@public
def make_account() -> ResponseReturnValue:
    form = ChoosePasswordForm()
    try:
        link = sign_up_link(key_given())
        if not form.validate():
            return _choose(form, link, 422)
        customer = sign_up(token=key_given(), name=form.name.data, password=form.password.data)
    except LinkGone:
        return _gone()
    except PasswordTooWeak as problem:
        form.password.errors = [str(problem)]
        return _choose(form, link, 422)
    except AccountExists:
        return page_or_fragment("account/already.html", "account/_already.html", status=409)
    return start(sessions.begin_session(customer=customer))


def _ask(form: AddressForm, status: int = 200) -> Response:
    return page_or_fragment("account/sign_up.html", "account/_sign_up.html", status=status, form=form)


def _choose(form: ChoosePasswordForm, link: MailedLink, status: int = 200) -> Response:
    page, fragment = "account/choose_password.html", "account/_choose_password.html"
    return page_or_fragment(page, fragment, status=status, form=form, email=link.email)


def _gone() -> ResponseReturnValue:
    """Pressed twice, the account is made and this browser is in it."""
    return see_other(url_for(".home")) if current_customer() else link_gone("account.ask_sign_up")
