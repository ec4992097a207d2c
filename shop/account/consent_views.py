"""Consents: one row for each purpose, each answered with one press of a button and taken back with one."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import AnyOf

from ..access_rules import customer
from ..customers.consents import QUESTIONS, ConsentPurpose
from ..customers.models import Customer
from ..customers.queries import newest_consents
from ..customers.services import consents as services
from ..customers.signed_in import current_customer
from ..vault import Source
from ..web import changed, is_htmx
from .pages import blueprint

YES, NO = "yes", "no"


class AnswerForm(FlaskForm):  # type: ignore[misc]
    answer = StringField(validators=[AnyOf([YES, NO])])


@blueprint.get("/account/consents")
@customer
def consents() -> str:
    return render_template("account/consents.html", **_shown())


@blueprint.post("/account/consents/<purpose>")
@customer
def answer_consent(purpose: str) -> ResponseReturnValue:
    asked, form = _purpose_or_404(purpose), AnswerForm()
    if not form.validate():
        abort(422, "Press one of the two buttons beside the question. Nothing was changed.")
    said = _yes(asked) if form.answer.data == YES else _no(asked)
    if not is_htmx():
        flash(said)
    location = url_for("account.consents", _anchor=f"consent-{asked.value}")
    return changed("account/_consent_changed.html", location=location, **_shown(), purpose=asked, said=said)


def _yes(purpose: ConsentPurpose) -> str:
    if services.give(customer=_me(), purpose=purpose, source=Source.SELF):
        return f"{QUESTIONS[purpose].title}: you agreed. A receipt is on its way to you."
    return f"{QUESTIONS[purpose].title}: you had agreed already."


def _no(purpose: ConsentPurpose) -> str:
    if services.withdraw(customer=_me(), purpose=purpose, source=Source.SELF):
        return f"{QUESTIONS[purpose].title}: taken back, from this moment on. A receipt is on its way to you."
    if services.refuse(customer=_me(), purpose=purpose, source=Source.SELF):
        return f"{QUESTIONS[purpose].title}: noted that you would rather not."
    return f"{QUESTIONS[purpose].title}: you had said no already."


def _shown() -> dict[str, Any]:
    return {"questions": QUESTIONS, "answers": newest_consents(_me().id), "account_page": "consents"}


def _purpose_or_404(purpose: str) -> ConsentPurpose:
    try:
        return ConsentPurpose(purpose)
    except ValueError:
        abort(404)


def _me() -> Customer:
    return current_customer() or abort(404)
