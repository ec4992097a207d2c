"""Writing to the privacy administrator: for anybody, without a sign-in and without a cookie."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ...access_rules import public
from ...limits import in_words, is_everybody, limiter, seconds_to_wait, value_key
from ...orders.numbers import as_number
from ...web import changed, page_or_fragment
from . import services
from .forms import MAIL_AT_MOST, ContactForm
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
@limiter.limit(BY_ADDRESS, exempt_when=is_everybody, deduct_when=lambda answer: answer.status_code != 422)
def send() -> ResponseReturnValue:
    """Says the same whether or not the shop knows the address."""
    form = ContactForm(request.form)
    if not form.validate():
        return _page(form, 422)
    wait = seconds_to_wait(BY_MAILBOX, value_key("case", str(form.email.data).casefold()[:MAIL_AT_MOST]))
    if wait:
        form.email.errors = [f"We were written to from this address many times today. Please wait {in_words(wait)}."]
        return _page(form, 422)
    case = services.open_case(topic=Topic(form.topic.data), email=form.email.data, text=form.text.data)
    return changed("cases/_received.html", location=url_for(".received", number=case.number), number=case.number)


@blueprint.get("/received/<number>")
@public
def received(number: str) -> ResponseReturnValue:
    """Repeats the number it was called with, and asks nobody whether there is such a case."""
    if as_number(number) != number:
        abort(404)
    return render_template("cases/received.html", number=number)


def _page(form: ContactForm, status: int = 200) -> Response:
    return page_or_fragment("cases/contact.html", "cases/_contact.html", status=status, form=form)
