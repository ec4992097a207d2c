"""Payments whose outcome nobody knows: the gateway is asked by our own reference until it is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from ... import clock, jobs
from ...db import db
from ...in_turn import in_turn
from ...payments import gateway
from ...payments.gateway import Refused, Seen
from ...payments.outcomes import GOOD
from ...retrying import retried
from ..models import Order, Payment, PaymentState
from .alarms import raise_alarm, was_raised
from .applying import CONSUMED, UNDECIDED, apply_outcome
from .giving_up import give_up
from .saving import drop_card
from .timeline import WORKER, note

# One empty answer proves nothing: a request may still be on its way, so we wait before we send again.
SEND_AGAIN_AFTER = timedelta(seconds=30)
NONCE_LIVES = timedelta(hours=3)
# The very first send was told that its nonce is spent, and nothing turns up: it was spent on another payment.
SPENT_BEFORE_AFTER = timedelta(minutes=10)
SAVED_CARD_LOOKED_FOR = timedelta(minutes=10)
ALARM_AFTER = timedelta(hours=1)
WAITS = (5, 5, 10, 10, 10, 15, 30, 60, 120, 300)
NEVER_ARRIVED = "The payment did not reach the bank, and you were not charged. Please try again."
STILL_UNKNOWN = "A payment's outcome has been unknown for an hour."


def decide_unknown() -> int:
    """Ask about every payment that is undecided and due; how many were asked about."""
    due = list(Payment.select().where(Payment.state.in_(UNDECIDED), Payment.due_at <= clock.now()).order_by(Payment.id))
    return in_turn(_look_into, due)


def _look_into(payment: Payment) -> bool:
    if not _take(payment):
        return False
    found = gateway.find_by_ref(payment.ref)
    if found is None:
        _sound_alarm_once(payment)
        return True
    sales = [one for one in found if not one.is_refund]
    best = _best(sales)
    if best is not None:
        apply_outcome(payment=payment, outcome=gateway.as_outcome(best), actor=WORKER)
        void_extras(payment, [one for one in sales if one.status in GOOD and one != best])
    elif not sales:
        _nothing_found(payment)
    return True


def _best(sales: Sequence[Seen]) -> Seen | None:
    """The sale that decides: a good one, or one by a card we do not take, or a refusal when there is nothing else."""
    for is_such in (lambda one: one.is_good, lambda one: one.status in GOOD):
        found = next(filter(is_such, sales), None)
        if found is not None:
            return found
    return sales[-1] if sales and all(one.is_final_failure for one in sales) else None


def _take(payment: Payment) -> bool:
    """Let one worker alone look into a payment, and set when it is looked into next."""
    wait = WAITS[min(payment.tries, len(WAITS) - 1)]
    mine = Payment.update(tries=payment.tries + 1, due_at=clock.now() + timedelta(seconds=wait)).where(
        Payment.id == payment.id, Payment.tries == payment.tries, Payment.state.in_(UNDECIDED)
    )
    if not mine.execute():
        return False
    if wait < 60:
        jobs.kick("ask about payments", after=wait)
    return True


@retried
def void_extras(payment: Payment, extras: Sequence[Seen]) -> None:
    """More than one authorisation for one payment: the others are given free, and a person is told."""
    order = Order.get_by_id(payment.order_id)
    for extra in extras:
        with db.atomic():
            if Payment.select().where(Payment.gateway_id == extra.gateway_id).exists():
                continue
            Payment.create(
                order=order.id,
                ref=f"{payment.ref}-extra-{extra.gateway_id}",
                gateway_id=extra.gateway_id,
                state=PaymentState.VOID_DUE,
                amount_cents=extra.amount_cents,
                brand=extra.brand,
                last4=extra.last4,
            )
            note(order, "payment void due", actor=WORKER, amount_cents=extra.amount_cents, payment=payment.id)
            raise_alarm(order, "The gateway has more than one charge for one payment.", payment=payment.id)
            drop_card(order, payment)
            jobs.kick("void payments")


def _nothing_found(payment: Payment) -> None:
    if not payment.nonce:
        _no_charge_of_a_saved_card(payment)
        return
    now, consumed = clock.now(), gateway.is_nonce_consumed(payment.nonce)
    age = now - payment.created_at
    if (consumed is not True and age > NONCE_LIVES) or (payment.reason_code == CONSUMED and age > SPENT_BEFORE_AFTER):
        _never_arrived(payment)
    elif consumed is False and now - payment.sent_at >= SEND_AGAIN_AFTER:
        _send_again(payment)
    else:
        _sound_alarm_once(payment)


def _no_charge_of_a_saved_card(payment: Payment) -> None:
    """A saved card can be charged any number of times, so its payment is never sent again: we look until a request
    can no longer be under way. Should a charge turn up after all, the nightly comparison gives it free."""
    if clock.now() - payment.created_at > SAVED_CARD_LOOKED_FOR:
        _never_arrived(payment)


@retried
def _never_arrived(payment: Payment) -> None:
    order = Order.get_by_id(payment.order_id)
    never = Payment.update(
        state=PaymentState.FAILED, nonce="", decided_at=clock.now(), reason_code="never arrived", reason=NEVER_ARRIVED
    ).where(Payment.id == payment.id, Payment.state.in_(UNDECIDED))
    with db.atomic():
        if never.execute():
            note(order, "payment not found", actor=WORKER, payment=payment.id)
            give_up(order, payment)
            drop_card(order, payment)


def _send_again(payment: Payment) -> None:
    """The nonce can be used once, so this makes at most one charge, whatever became of the first request."""
    with db.atomic():
        undecided = (Payment.id == payment.id) & Payment.state.in_(UNDECIDED)
        if not Payment.update(sent_at=clock.now()).where(undecided).execute():
            return
        note(Order.get_by_id(payment.order_id), "payment sent again", actor=WORKER, payment=payment.id)
    outcome = gateway.authorise(
        ref=payment.ref, amount_cents=payment.amount_cents, nonce=payment.nonce, store_as=payment.store_as
    )
    if isinstance(outcome, Refused):
        return
    apply_outcome(payment=payment, outcome=outcome, actor=WORKER)


@retried
def _sound_alarm_once(payment: Payment) -> None:
    """A payment that stays unknown: we keep asking, and after an hour a person is told."""
    if clock.now() - payment.created_at < ALARM_AFTER:
        return
    order = Order.get_by_id(payment.order_id)
    with db.atomic():
        if not was_raised(order, STILL_UNKNOWN):
            raise_alarm(order, STILL_UNKNOWN, payment=payment.id)
