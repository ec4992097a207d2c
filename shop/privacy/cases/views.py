"""Writing to the privacy administrator: for anybody, without a sign-in and without a cookie."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ...access_rules import public
from ...limits import address_key, in_words, is_everybody, seconds_to_wait, value_key
from ...orders.numbers import as_number
from ...web import changed, page_or_fragment
from . import services
from .forms import ContactForm
from .models import Topic

BY_ADDRESS, BY_MAILBOX = "10 per hour", "5 per day"

blueprint = Blueprint("cases", __name__, url_prefix="/privacy/contact")


@blueprint.get("")
@public
def contact() -> ResponseReturnValue:
    """`?topic=remove` chooses what it is about."""
    topic = request.args.get("topic")
    return _page(ContactForm(data={"topic": topic} if topic in set(Topic) else None))


@blueprint.post("")
@public
def send() -> ResponseReturnValue:
    """Says the same whether or not the shop knows the address."""
    form = ContactForm(request.form)
    if not form.validate():
        return _page(form, 422)
    wait = _seconds_to_wait(str(form.email.data))
    if wait:
        return _page(
            form, 429, f"We took many of these from you today. Please wait {in_words(wait)}, then send it again."
        )
    case = services.open_case(topic=Topic(form.topic.data), email=form.email.data, text=form.text.data)
    return changed("cases/_received.html", location=url_for(".received", number=case.number), number=case.number)


@blueprint.get("/received/<number>")
@public
def received(number: str) -> ResponseReturnValue:
    """Repeats the number it was called with, and asks nobody whether there is such a case."""
    if as_number(number) != number:
        abort(404)
    return render_template("cases/received.html", number=number)


def _seconds_to_wait(email: str) -> int:
    """By the visitor's address and by the mailbox, so that nobody's is filled with our receipts."""
    by_address = 0 if is_everybody() else seconds_to_wait(BY_ADDRESS, "case", address_key())
    return by_address or seconds_to_wait(BY_MAILBOX, value_key("case", email.casefold()))


def _page(form: ContactForm, status: int = 200, problem: str = "") -> Response:
    also = [problem] if problem else []
    return page_or_fragment("cases/contact.html", "cases/_contact.html", status=status, form=form, also=also)
