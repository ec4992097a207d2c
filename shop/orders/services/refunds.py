"""Money going back. A refund is a row before it is a call, and one whose outcome is not known is looked for before it
is asked for again. What the bank has not taken yet is given free instead: the gateway's own word decides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from peewee import fn

from ... import clock, jobs
from ...audit.services import record
from ...db import db
from ...disclosures.models import DisclosurePurpose
from ...disclosures.services import disclose
from ...in_turn import in_turn
from ...payments import gateway
from ...payments.outcomes import Declined, Missing, Refunded, Refused, Seen, Unknown, Voided
from ...retrying import retried
from ...vault import Recipient
from ..models import OPEN_REFUNDS, Order, Payment, PaymentState, Refund, RefundState
from ..pieces.models import RefundLine
from ..pieces.queries import NOTHING_BACK
from ..refundable import RefundTooLarge, Source, sources, split
from . import mails
from .alarms import look_again, raise_alarm
from .timeline import WORKER, audited, note

AT_A_TIME = 50
# Longer than the calls together may take: until then whoever claimed the row is still at work.
CLAIMED_FOR = timedelta(minutes=3)
# How soon the gateway finds a new refund is not known, so finding none proves nothing before this.
SEND_AGAIN_AFTER = timedelta(minutes=10)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=20), timedelta(minutes=15)
LATE_AFTER = 12
NOT_TAKEN_YET = frozenset({"authorized", "submitted_for_settlement"})
FAILED_FINDING = "A refund failed: try it again on the order's page, or give the money back at the gateway."
TAKEN = frozenset({"settling", "settled", "settlement_confirmed"})


def left_of(payment: Payment) -> int:
    """What of it may still be given back, in cents."""
    of_payment = Refund.select().where(Refund.payment == payment.id)
    going_back = of_payment.where(Refund.state.not_in(NOTHING_BACK)).select(fn.SUM(Refund.amount_cents)).scalar()
    return int(payment.amount_cents - (going_back or 0))


def request_refund(
    *,
    payment: Payment,
    amount_cents: int,
    reason: str,
    actor: str,
    ref: str = "",
    edit: int | None = None,
    **columns: object,
) -> Refund:
    """Promise a refund, in the caller's transaction; the worker sends it. One of an `edit` is what the order costs less
    since then, and not counted in its own sum. Raises RefundTooLarge."""
    with db.atomic():
        order = payment.order
        # The update keeps every other refund of this order waiting until this one is written.
        _count_as_refunded(order.id, amount_cents if edit is None else 0)
        if amount_cents > left_of(payment):
            raise RefundTooLarge(payment.ref)
        ref = ref or f"{payment.ref}-R{Refund.select().where(Refund.payment == payment.id).count() + 1}"
        refund: Refund = Refund.create(
            order=order.id, payment=payment.id, ref=ref, amount_cents=amount_cents, reason=reason, edit=edit, **columns
        )
        note(order, "refund requested", actor=actor, amount_cents=amount_cents, ref=ref)
        by = audited(actor, order)
        record("refund-requested", actor=by, about=("order", order.id), refund=refund.id, cents=amount_cents)
    return refund


def request_refunds(
    order: Order, amount_cents: int, *, reason: str, actor: str, edit: int | None = None, **columns: Any
) -> list[Refund]:
    """The same out of all that the order's payments hold, one refund for each payment that it takes. Raises
    RefundTooLarge."""
    return [
        request_refund(payment=payment, amount_cents=cents, reason=reason, actor=actor, edit=edit, **columns)
        for payment, cents in split(amount_cents, sources_of(order))
    ]


def sources_of(order: Order) -> list[Source]:
    payments = Payment.select().where(Payment.order == order.id).order_by(Payment.id)
    return sources(list(payments), list(Refund.select().where(Refund.order == order.id)))


@retried
def try_refund_again(*, refund: Refund, staff_id: int) -> bool:
    """Put a new refund in the place of one that failed; False when it did not, or no longer. Raises RefundTooLarge."""
    with db.atomic():
        failed = (Refund.id == refund.id, Refund.state == RefundState.FAILED)
        if not Refund.update(state=RefundState.TRIED_AGAIN).where(*failed).execute():
            return False
        again = request_refund(
            payment=refund.payment,
            amount_cents=refund.amount_cents,
            reason=refund.reason,
            actor=f"staff:{staff_id}",
            ref=_next_ref(refund.ref),
            edit=refund.edit_id,
            delivery_cents=refund.delivery_cents,
            tells_customer=refund.tells_customer,
        )
        RefundLine.update(refund=again.id).where(RefundLine.refund == refund.id).execute()
        look_again(refund.order_id)
        jobs.kick("send refunds")
    return True


def _next_ref(ref: str) -> str:
    """After "…-R1" comes "…-R1.2", and then "…-R1.3"."""
    first, _, number = ref.partition(".")
    return f"{first}.{int(number or 1) + 1}"


def _earlier_refs(ref: str) -> list[str]:
    """Those that this one was put in the place of."""
    first, _, number = ref.partition(".")
    return [f"{first}.{earlier}" if earlier > 1 else first for earlier in range(1, int(number or 1))]


def _count_as_refunded(order_id: int, amount_cents: int) -> None:
    refunded = Order.refunded_cents + amount_cents
    counted = Order.update(refunded_cents=refunded).where(Order.id == order_id, refunded <= Order.total_cents).execute()
    if not counted:
        raise RefundTooLarge(order_id)


def _count_no_longer(refund: Refund) -> None:
    if refund.edit_id is None:
        _count_as_refunded(refund.order_id, -refund.amount_cents)


def send_due_refunds() -> int:
    """Send, or find out about, every refund that is due; how many were looked at."""
    due = (
        Refund.select()
        .where(Refund.state.in_(OPEN_REFUNDS), Refund.due_at <= clock.now())
        .order_by(Refund.due_at)
        .limit(AT_A_TIME)
    )
    return in_turn(send_refund, list(due))


def send_refund(refund: Refund) -> bool:
    """Send one refund, or find out what became of it; False when somebody else is at it, or has done it."""
    was_asked_for = refund.state != RefundState.REQUESTED
    if not _claim(refund, may_have_been_sent=was_asked_for):
        return False
    match gateway.find(refund.payment.gateway_id):
        case Seen(status="voided"):
            _voided(refund)
        case Seen(status=status) if status in NOT_TAKEN_YET and refund.amount_cents == refund.payment.amount_cents:
            _void(refund)
        case Seen(status=status) if status in TAKEN:
            if not _is_found(refund, was_asked_for=was_asked_for):
                _give_back(refund)
        case Seen(is_final_failure=True, status=status):
            _failed(refund, f"the payment is {status.replace('_', ' ')}")
        case Missing():
            _failed(refund, "the gateway does not know the payment")
        case _:
            _later(refund, RefundState.UNKNOWN if was_asked_for else RefundState.REQUESTED)
    return True


def _claim(refund: Refund, *, may_have_been_sent: bool) -> bool:
    """Let this process alone be at work on the refund for a while. A call that may have gone out keeps its time."""
    now = clock.now()
    changes = {"state": RefundState.SENT, "tries": Refund.tries + 1, "due_at": now + CLAIMED_FOR}
    if not may_have_been_sent:
        changes["sent_at"] = now
    as_read = (Refund.id == refund.id, Refund.state == refund.state, Refund.tries == refund.tries)
    if not Refund.update(changes).where(*as_read).execute():
        return False
    refund.tries += 1
    return True


def _is_found(refund: Refund, *, was_asked_for: bool) -> bool:
    """Whether the refund needs no call now: it is there, or one that went out may still turn up.

    One that failed before it is looked for as well: the gateway may have refused it because it was there already.
    """
    undecided = RefundState.UNKNOWN if was_asked_for else RefundState.REQUESTED
    for ref in [*_earlier_refs(refund.ref), *([refund.ref] if was_asked_for else [])]:
        found = gateway.find_by_ref(ref)
        if found is None:
            _later(refund, undecided)
            return True
        for one in found:
            if one.is_refund and not one.is_final_failure:
                _done(refund, one.gateway_id, one.amount_cents)
                return True
    if was_asked_for and (refund.sent_at is None or refund.sent_at + SEND_AGAIN_AFTER > clock.now()):
        _later(refund, undecided)
        return True
    return False


def _void(refund: Refund) -> None:
    match gateway.void(refund.payment.gateway_id):
        case Voided():
            _voided(refund)
        case Unknown():
            _later(refund, RefundState.UNKNOWN)
        case Refused():
            _later(refund, RefundState.REQUESTED)


def _give_back(refund: Refund) -> None:
    with db.atomic():
        Refund.update(sent_at=clock.now()).where(Refund.id == refund.id).execute()
        disclose(
            about=("order", refund.order_id),
            recipient=Recipient.PAYMENT_PROCESSOR,
            fields=("amount", "payment_reference"),
            purpose=DisclosurePurpose.PAYMENT,
            by="shop",
        )
    match gateway.refund(refund.payment.gateway_id, amount_cents=refund.amount_cents, ref=refund.ref):
        case Refunded(gateway_id=gateway_id, amount_cents=amount_cents):
            _done(refund, gateway_id, amount_cents)
        case Unknown():
            _later(refund, RefundState.UNKNOWN)
        case Refused() | Declined(code="91506"):
            _later(refund, RefundState.REQUESTED)
        case Declined(code=code):
            _failed(refund, f"the gateway refused it ({code})")


def _later(refund: Refund, state: RefundState) -> None:
    """Try again after a while that grows with every try; staff are told once when it takes long."""
    wait = min(FIRST_WAIT * 2 ** min(refund.tries, 10), LONGEST_WAIT)
    with db.atomic():
        if not _decide(refund, state, due_at=clock.now() + wait):
            return
        if refund.tries == LATE_AFTER:
            raise_alarm(refund.order, "A refund is taking long.", refund=refund.id)


def _done(refund: Refund, gateway_id: str, amount_cents: int) -> None:
    with db.atomic():
        if not _decide(refund, RefundState.DONE, gateway_id=gateway_id, decided_at=clock.now()):
            return
        note(refund.order, "refunded", actor=WORKER, amount_cents=amount_cents, gateway_id=gateway_id)
        if amount_cents != refund.amount_cents:
            raise_alarm(refund.order, "A refund went out over another amount than was asked for.", refund=refund.id)
        _tell(refund)
        _audit("refunded", refund)


def _voided(refund: Refund) -> None:
    """Nothing was taken, so nothing goes back: the order's sum of refunds forgets it."""
    with db.atomic():
        if not _decide(refund, RefundState.VOIDED, decided_at=clock.now()):
            return
        _count_no_longer(refund)
        Payment.update(state=PaymentState.VOIDED, decided_at=clock.now()).where(
            Payment.id == refund.payment_id, Payment.state != PaymentState.VOIDED
        ).execute()
        note(refund.order, "payment voided", actor=WORKER, amount_cents=refund.amount_cents)
        _tell(refund)
        _audit("refund-not-needed", refund)


def _tell(refund: Refund) -> None:
    """Only now is it true; a cancellation has told its customer already."""
    if refund.tells_customer:
        mails.announce_refund(Refund.get_by_id(refund.id))


def _failed(refund: Refund, why: str) -> None:
    with db.atomic():
        if _decide(refund, RefundState.FAILED, decided_at=clock.now()):
            _count_no_longer(refund)
            note(
                refund.order, "refund failed", actor=WORKER, amount_cents=refund.amount_cents, why=why, refund=refund.id
            )
            raise_alarm(refund.order, FAILED_FINDING, refund=refund.id)
            _audit("refund-failed", refund)


def _audit(kind: str, refund: Refund) -> None:
    about, cents = ("order", refund.order_id), refund.amount_cents
    record(kind, actor="shop", about=about, refund=refund.id, cents=cents)


def _decide(refund: Refund, state: RefundState, **changes: object) -> bool:
    """Write the outcome, unless another process has written one."""
    is_mine = (Refund.id == refund.id, Refund.state == RefundState.SENT, Refund.tries == refund.tries)
    return bool(Refund.update(state=state, **changes).where(*is_mine).execute())
