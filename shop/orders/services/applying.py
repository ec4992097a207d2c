"""T2 of a payment: what the gateway answered is written down, with all that follows for the order.

It is a compare-and-set: whoever decides first, the shopper's own request or the worker, decides for good.
"""

from __future__ import annotations

from datetime import timedelta

from ... import clock, jobs
from ...db import db
from ...payments.gateway import Authorised, Declined, NonceConsumed, Outcome, Refused, Unknown
from ...payments.reasons import OURS
from ...retrying import retried
from ..editing.carrying_out import NoLongerMeant, carry_out
from ..models import Order, OrderEdit, OrderState, Payment, PaymentState
from .alarms import raise_alarm
from .giving_up import give_up
from .placing import place
from .saving import drop_card, is_wanted, save_card
from .timeline import note

UNDECIDED = (PaymentState.SENDING, PaymentState.UNKNOWN)
LOOK_AGAIN_AFTER = 5
CONSUMED, OTHER_BRAND_CODE = "nonce consumed", "brand"


@retried
def apply_outcome(*, payment: Payment, outcome: Outcome, actor: str) -> None:
    """T2: write what the gateway answered, if nobody has yet, with all that follows for the order."""
    order = Order.get_by_id(payment.order_id)
    with db.atomic():
        match outcome:
            case Authorised():
                _apply_success(order, payment, outcome, actor)
            # A reference is sent for one payment only: its duplicate means that an earlier send of it arrived.
            case Unknown() | NonceConsumed() | Declined(code="duplicate"):
                _apply_unknown(order, payment, outcome, actor)
            case Declined():
                _apply_failure(order, payment, outcome, actor)
            case Refused():
                _apply_failure(order, payment, Declined(None, outcome.why, OURS), actor)
                raise_alarm(order, f"The gateway refused to be asked ({outcome.why}).")


def _apply_success(order: Order, payment: Payment, seen: Authorised, actor: str) -> None:
    if Payment.select().where(Payment.gateway_id == seen.gateway_id, Payment.id != payment.id).exists():
        _apply_unknown(order, payment, Unknown("answer of another payment"), actor)
        return
    agrees = seen.amount_cents == payment.amount_cents and seen.ref == payment.ref
    card = {"gateway_id": seen.gateway_id, "brand": seen.brand, "last4": seen.last4}
    if agrees and payment.edit_id is not None and _is_change_carried_out(order, payment, seen, actor, card):
        return
    is_waiting = Order.select().where(Order.id == order.id, Order.state == OrderState.PENDING).exists()
    if agrees and is_waiting and payment.edit_id is None:
        is_card_wanted = is_wanted(order, payment)
        if decide(payment, PaymentState.AUTHORIZED, **card):
            _note_authorised(order, payment, seen, actor)
            place(order, actor=actor, authorised=payment)
            if is_card_wanted:
                save_card(order, payment, seen)
            else:
                drop_card(order, payment)
            jobs.kick("settle payments")
        return
    if decide(payment, PaymentState.VOID_DUE, **card):
        note(order, "payment void due", actor=actor, amount_cents=seen.amount_cents, payment=payment.id)
        jobs.kick("void payments")
        give_up(order, payment)
        drop_card(order, payment)
        if not agrees:
            raise_alarm(order, "The gateway authorised another amount or reference than was asked for.")


def _note_authorised(order: Order, payment: Payment, seen: Authorised, actor: str) -> None:
    card, figures = {"brand": seen.brand, "last4": seen.last4}, {"amount_cents": payment.amount_cents}
    note(order, "payment authorised", actor=actor, payment=payment.id, **card, **figures)


def _is_change_carried_out(order: Order, payment: Payment, seen: Authorised, actor: str, card: dict[str, str]) -> bool:
    """With the payment for it the change becomes the order; False when the order has gone on meanwhile."""
    try:
        with db.atomic():
            if decide(payment, PaymentState.AUTHORIZED, **card):
                _note_authorised(order, payment, seen, actor)
                carry_out(OrderEdit.get_by_id(payment.edit_id), paid=Payment.get_by_id(payment.id))
                jobs.kick("settle payments")
    except NoLongerMeant:
        return False
    return True


def _apply_unknown(order: Order, payment: Payment, outcome: Outcome, actor: str) -> None:
    """What is held stays held; only the first time is it worth a line on the timeline."""
    due_at = clock.now() + timedelta(seconds=LOOK_AGAIN_AFTER)
    code = CONSUMED if isinstance(outcome, NonceConsumed) else ""
    first = Payment.update(state=PaymentState.UNKNOWN, due_at=due_at, reason_code=code).where(
        Payment.id == payment.id, Payment.state == PaymentState.SENDING
    )
    if first.execute():
        note(order, "payment unknown", actor=actor, why=_words(outcome), payment=payment.id)
        jobs.kick("ask about payments", after=LOOK_AGAIN_AFTER)


def _words(outcome: Outcome) -> str:
    match outcome:
        case Unknown(why):
            return why
        case Declined(code=code):
            return code
        case _:
            return "an earlier send of it arrived"


def _apply_failure(order: Order, payment: Payment, outcome: Declined, actor: str) -> None:
    state = PaymentState.VOID_DUE if outcome.void_due else PaymentState.FAILED
    if decide(payment, state, gateway_id=outcome.gateway_id, reason_code=outcome.code, reason=outcome.reason):
        note(order, "payment declined", actor=actor, reason=outcome.reason, code=outcome.code, payment=payment.id)
        give_up(order, payment)
        if outcome.code == OTHER_BRAND_CODE:
            drop_card(order, payment)
        if outcome.void_due:
            jobs.kick("void payments")


def decide(payment: Payment, state: PaymentState, **columns: object) -> bool:
    """The compare-and-set: False when the payment was decided already. The nonce is of no use any more."""
    undecided = (Payment.id == payment.id) & Payment.state.in_(UNDECIDED)
    now = clock.now()
    changed = Payment.update(state=state, nonce="", decided_at=now, due_at=now, **columns).where(undecided)
    return bool(changed.execute())
