"""Taking what was authorised, and giving free what is not needed. Both may be asked twice without harm."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from peewee import IntegrityError

from ... import clock, jobs
from ...audit.services import record
from ...db import db
from ...in_turn import in_turn
from ...payments import gateway
from ...payments.gateway import Missing, Refused, Seen, Settling, Unknown, Voided
from ...retrying import retried
from ..models import Order, OrderState, Payment, PaymentState
from ..refundable import RefundTooLarge
from .alarms import raise_alarm
from .refunds import left_of, request_refund
from .timeline import WORKER, note

WAITS = (10, 30, 60, 300, 900, 3600)
NOT_VOIDED = "An authorisation that is not needed could not be given free: it has been settled. Refund it."


def settle_due() -> int:
    """Submit every authorised payment of a placed order for settlement; how many were asked for."""
    return _for_each_due(PaymentState.AUTHORIZED, _settle)


def void_due() -> int:
    """Void every authorisation that is not needed; how many were asked for."""
    return _for_each_due(PaymentState.VOID_DUE, _void)


def _for_each_due(state: PaymentState, act: Callable[[Payment], None]) -> int:
    due = list(Payment.select().where(Payment.state == state, Payment.due_at <= clock.now()).order_by(Payment.id))

    def act_alone(payment: Payment) -> bool:
        is_mine = _take(payment)
        if is_mine:
            act(payment)
        return is_mine

    return in_turn(act_alone, due)


def _take(payment: Payment) -> bool:
    """Let one worker alone act, and set when it is tried again if this comes to nothing."""
    later = clock.now() + timedelta(seconds=WAITS[min(payment.tries, len(WAITS) - 1)])
    mine = (Payment.id == payment.id) & (Payment.state == payment.state) & (Payment.due_at == payment.due_at)
    return bool(Payment.update(tries=payment.tries + 1, due_at=later).where(mine).execute())


def _settle(payment: Payment) -> None:
    match gateway.settle(payment.gateway_id):
        case Settling():
            _note_settling(payment)
        case Refused(why):
            _why_not_settled(payment, why)
        case Unknown():
            pass


@retried
def _note_settling(payment: Payment) -> None:
    with db.atomic():
        if move(payment, PaymentState.AUTHORIZED, PaymentState.SETTLING):
            order = Order.get_by_id(payment.order_id)
            note(order, "payment settling", actor=WORKER, amount_cents=payment.amount_cents, payment=payment.id)
            _audit("payment-submitted", payment)


def _audit(kind: str, payment: Payment) -> None:
    about, cents = ("order", payment.order_id), payment.amount_cents
    record(kind, actor="shop", about=about, payment=payment.id, cents=cents)


def _why_not_settled(payment: Payment, why: str) -> None:
    """Wrong keys pass; an authorisation that has ended does not."""
    seen = gateway.find(payment.gateway_id)
    if isinstance(seen, Missing) or (isinstance(seen, Seen) and seen.is_final_failure):
        _note_not_settled(payment, seen.status if isinstance(seen, Seen) else why)


@retried
def _note_not_settled(payment: Payment, why: str) -> None:
    with db.atomic():
        if move(payment, PaymentState.AUTHORIZED, PaymentState.FAILED, reason_code=why):
            order = Order.get_by_id(payment.order_id)
            note(order, "payment not settled", actor=WORKER, why=why, amount_cents=payment.amount_cents)
            raise_alarm(order, "The order is placed, but its authorisation could not be settled.", payment=payment.id)


def _void(payment: Payment) -> None:
    match gateway.void(payment.gateway_id):
        case Voided():
            _note_voided(payment)
        case Refused():
            seen = gateway.find(payment.gateway_id)
            if isinstance(seen, Missing) or (isinstance(seen, Seen) and seen.is_final_failure):
                _note_voided(payment)
            elif isinstance(seen, Seen) and seen.is_submitted and _give_back_instead(payment):
                pass
            elif isinstance(seen, Seen) and payment.tries == 0:
                _tell_not_voided(payment)
        case Unknown():
            pass


@retried
def _tell_not_voided(payment: Payment) -> None:
    with db.atomic():
        raise_alarm(Order.get_by_id(payment.order_id), NOT_VOIDED, payment=payment.id)


def _give_back_instead(payment: Payment) -> bool:
    """Refund what was taken before it could be given free, if the order was cancelled; False when that is not so."""
    try:
        return _turn_into_refund(payment)
    except (RefundTooLarge, IntegrityError):
        # Another payment of this order took its money, or gave it back: this is one too many, for a person's eyes.
        return False


@retried
def _turn_into_refund(payment: Payment) -> bool:
    with db.atomic():
        is_cancelled = Order.get_by_id(payment.order_id).state == OrderState.CANCELLED
        if not is_cancelled or not move(payment, PaymentState.VOID_DUE, PaymentState.SETTLING):
            return False
        if left := left_of(payment):
            request_refund(payment=payment, amount_cents=left, reason="too late to void", actor=WORKER)
            jobs.kick("send refunds")
    return True


@retried
def _note_voided(payment: Payment) -> None:
    with db.atomic():
        if move(payment, PaymentState.VOID_DUE, PaymentState.VOIDED):
            order = Order.get_by_id(payment.order_id)
            note(order, "payment voided", actor=WORKER, amount_cents=payment.amount_cents, payment=payment.id)
            _audit("payment-voided", payment)


def move(payment: Payment, before: PaymentState, after: PaymentState, **columns: object) -> bool:
    """Compare-and-set of a payment's state; False when it is no longer `before`."""
    return bool(
        Payment.update(state=after, **columns).where(Payment.id == payment.id, Payment.state == before).execute()
    )


def confirm_settled(found: Iterable[Seen]) -> None:
    """Note for each payment that the gateway says it has paid out."""
    for seen in found:
        if seen.status == "settled":
            _note_settled(seen)


@retried
def _note_settled(seen: Seen) -> None:
    payment = Payment.get_or_none(Payment.gateway_id == seen.gateway_id, Payment.state == PaymentState.SETTLING)
    if payment is None:
        return
    with db.atomic():
        if move(payment, PaymentState.SETTLING, PaymentState.SETTLED, settled_at=clock.now()):
            order = Order.get_by_id(payment.order_id)
            note(order, "payment settled", actor=WORKER, amount_cents=payment.amount_cents, payment=payment.id)
