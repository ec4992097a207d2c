"""Consents given, refused and withdrawn: each answer is a row of its own, and what is withdrawn ends at once."""

from __future__ import annotations

from ...audit.services import record
from ...db import db, taken
from ...outbox.models import MailKind
from ...outbox.services import queue_mail, render_mail
from ...policies.queries import current_policy
from ...vault import REMOVED, Source, note_removal
from ..consents import QUESTIONS, ConsentPurpose, after_withdrawal
from ..models import Consent, Customer
from ..queries import newest_consent
from .notices import TOLD

__all__ = ["ConsentPurpose", "give", "has_consent", "refuse", "withdraw"]


def has_consent(customer_id: int, purpose: ConsentPurpose) -> bool:
    """Whether the customer agreed to this and did not take it back. Nothing is taken for given."""
    newest = newest_consent(customer_id, purpose)
    return newest is not None and newest.is_given


def give(*, customer: Customer, purpose: ConsentPurpose, source: Source, by: str = "") -> bool:
    """Agree to the question as it stands now; a receipt is mailed. False when it was given already.

    `by` is who wrote it down, as in the audit trail, if not the customer.
    """
    with db.atomic():
        if (before := _held(customer, purpose)) is not None and before.is_given:
            return False
        _send_receipt(customer, _answer(customer, purpose, source, is_given=True))
        _note("consent-given", customer, purpose, source, by)
    return True


def withdraw(*, customer: Customer, purpose: ConsentPurpose, source: Source, by: str = "") -> bool:
    """Take it back from now on, with what was kept because of it; a receipt is mailed. False when there is none."""
    with db.atomic():
        if (before := _held(customer, purpose)) is None or not before.is_given:
            return False
        for undo in after_withdrawal(purpose):
            undo(customer_id=customer.id)
        _send_receipt(customer, _answer(customer, purpose, source, is_given=False))
        note_removal("consent", customer.id, purpose.value)
        _note("consent-withdrawn", customer, purpose, source, by)
    return True


def refuse(*, customer: Customer, purpose: ConsentPurpose, source: Source, by: str = "") -> bool:
    """Say no to a question that was never agreed to, having been told why it is asked and what no means.

    False when there is an answer already.
    """
    with db.atomic():
        if _held(customer, purpose) is not None:
            return False
        _answer(customer, purpose, source, is_given=False)
        _note("consent-refused", customer, purpose, source, by)
    return True


def _held(customer: Customer, purpose: ConsentPurpose) -> Consent | None:
    """The answer that holds, and nobody else answers for this customer until the transaction ends."""
    taken(Customer.select(Customer.id).where(Customer.id == customer.id)).first()
    return newest_consent(customer.id, purpose)


def _answer(customer: Customer, purpose: ConsentPurpose, source: Source, *, is_given: bool) -> Consent:
    answer: Consent = Consent.create(
        customer=customer.id,
        purpose=purpose,
        is_given=is_given,
        text=QUESTIONS[purpose].text,
        policy=current_policy(),
        source=source,
    )
    return answer


def _send_receipt(customer: Customer, consent: Consent) -> None:
    """Nobody is written to whose address was removed."""
    if customer.email is None or customer.email is REMOVED:
        return
    question = QUESTIONS[ConsentPurpose(consent.purpose)]
    mail = render_mail("consent-receipt", consent=consent, question=question, told=TOLD.get(Source(consent.source), ""))
    queue_mail(
        key=f"consent:{consent.id}",
        kind=MailKind.CORRESPONDENCE,
        to=customer.email,
        about=("customer", customer.id),
        **mail.parts,
    )


def _note(event: str, customer: Customer, purpose: ConsentPurpose, source: Source, by: str) -> None:
    actor = by or f"customer:{customer.id}"
    record(event, actor=actor, about=("customer", customer.id), purpose=purpose.value, source=source)
