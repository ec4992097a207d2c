"""What a customer tells us to change: a value of the profile, the e-mail, a consent. Each says how we were told."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...customers.consents import QUESTIONS, ConsentPurpose
from ...customers.models import Customer
from ...customers.queries import newest_consent
from ...customers.services import consents as consent_services
from ...customers.services.email import ask_for_email
from ...customers.services.profile import ChangedMeanwhile, change_field
from ...customers.values import editable
from ...signing_in import go_to
from ...vault import blind
from ...web import page_or_fragment
from ..blueprint import blueprint
from ..roles import OPENING
from .forms import AgreeForm, EmailForm, ToldForm, ValueForm, value_form
from .opening import account_of, open_customer
from .showing import Subject

MEANWHILE = "It was changed meanwhile. Save again to put in what you typed."
THE_SAME = "This is the address that the account has already."
ASKED = "A link was mailed to the new address. The account has it once the link was followed; the old one was told."


@blueprint.get("/customers/<id:customer_id>/profile/<column>")
@staff(*OPENING)
def customer_value(customer_id: int, column: str) -> ResponseReturnValue:
    subject, answer = _open(customer_id, column)
    return answer or _ask(subject, "value", value_form(column, account_of(subject)))


@blueprint.post("/customers/<id:customer_id>/profile/<column>")
@staff(*OPENING)
def change_customer_value(customer_id: int, column: str) -> ResponseReturnValue:
    subject, answer = _open(customer_id, column)
    if answer:
        return answer
    customer = account_of(subject)
    form = value_form(column, customer)
    if not form.validate():
        return _ask(subject, "value", form, 422)
    try:
        is_new = change_field(
            customer=customer, column=column, value=form.value, source=form.source, by=by(), seen=form.seen.data
        )
    except ChangedMeanwhile:
        form.show_again(Customer.get_by_id(customer.id), MEANWHILE)
        return _ask(subject, "value", form, 409)
    flash("Saved, and the customer is told by mail." if is_new else "It was so already.")
    return go_to(subject.url)


@blueprint.get("/customers/<id:customer_id>/email")
@staff(*OPENING)
def customer_email(customer_id: int) -> ResponseReturnValue:
    subject, answer = open_customer(customer_id)
    account_of(subject)
    return answer or _ask(subject, "email", EmailForm())


@blueprint.post("/customers/<id:customer_id>/email")
@staff(*OPENING)
def change_customer_email(customer_id: int) -> ResponseReturnValue:
    """Nothing changes before the new mailbox has answered."""
    subject, answer = open_customer(customer_id)
    if answer:
        return answer
    customer, form = account_of(subject), EmailForm()
    if form.validate() and blind("email", form.email.data) == bytes(customer.email_index or b""):
        form.email.errors = [THE_SAME]
    if form.errors:
        return _ask(subject, "email", form, 422)
    ask_for_email(customer=customer, email=form.email.data, by=by())
    flash(ASKED)
    return go_to(subject.url)


@blueprint.get("/customers/<id:customer_id>/consents/<purpose>")
@staff(*OPENING)
def customer_consent(customer_id: int, purpose: str) -> ResponseReturnValue:
    """Taken back, or given: whichever the customer has not said."""
    subject, answer = open_customer(customer_id)
    if answer:
        return answer
    asked = _purpose_or_404(purpose)
    return _ask_consent(subject, asked, _consent_form(account_of(subject), asked))


@blueprint.post("/customers/<id:customer_id>/consents/<purpose>")
@staff(*OPENING)
def answer_customer_consent(customer_id: int, purpose: str) -> ResponseReturnValue:
    subject, answer = open_customer(customer_id)
    if answer:
        return answer
    asked, customer = _purpose_or_404(purpose), account_of(subject)
    form = _consent_form(customer, asked)
    if not form.validate():
        return _ask_consent(subject, asked, form, 422)
    act = consent_services.give if isinstance(form, AgreeForm) else consent_services.withdraw
    is_new = act(customer=customer, purpose=asked, source=form.source, by=by())
    flash("Noted, and the customer gets a receipt by mail." if is_new else "It was so already.")
    return go_to(f"{subject.url}#consents")


def by() -> str:
    """Who writes it down, as in the audit trail."""
    return f"staff:{current_user.person.id}"


def _open(customer_id: int, column: str) -> tuple[Subject, ResponseReturnValue | None]:
    subject, answer = open_customer(customer_id)
    if column not in editable():
        abort(404)
    account_of(subject)
    return subject, answer


def _ask(subject: Subject, kind: str, form: ToldForm, status: int = 200) -> ResponseReturnValue:
    return ask(subject, status=status, kind=kind, form=form, title=_title(kind, form))


def ask(subject: Subject, *, status: int, **context: Any) -> ResponseReturnValue:
    """The page of one change, or its form again."""
    return page_or_fragment(
        "admin/customers/change.html",
        "admin/customers/_change.html",
        status=status,
        subject=subject,
        customer=subject.person.customer,
        desk_page="customers",
        **context,
    )


def _title(kind: str, form: ToldForm) -> str:
    return form.personal[form.column].label if isinstance(form, ValueForm) else {"email": "E-mail"}[kind]


def _ask_consent(subject: Subject, purpose: ConsentPurpose, form: ToldForm, status: int = 200) -> ResponseReturnValue:
    question = QUESTIONS[purpose]
    here = url_for("admin.answer_customer_consent", customer_id=account_of(subject).id, purpose=purpose)
    return ask(subject, status=status, kind="consent", form=form, title=question.title, question=question, here=here)


def _consent_form(customer: Customer, purpose: ConsentPurpose) -> ToldForm:
    newest = newest_consent(customer.id, purpose)
    return ToldForm() if newest is not None and newest.is_given else AgreeForm()


def _purpose_or_404(purpose: str) -> ConsentPurpose:
    return ConsentPurpose(purpose) if purpose in set(ConsentPurpose) else abort(404)
