"""Once a day the gateway's day is compared with the books, both ways. Nothing should be found; what is, is told."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta

from ... import clock, jobs
from ...db import db
from ...payments import gateway
from ...payments.gateway import Missing, Seen
from ...payments.outcomes import GOOD
from ..models import GOOD_PAYMENTS, Order, Payment, PaymentState, Refund
from .alarms import raise_alarm
from .deciding import void_extras
from .settling import confirm_settled, move

log = logging.getLogger("shop.orders")
NOT_TAKEN = (PaymentState.FAILED, PaymentState.VOIDED)
# A payment sent just before midnight is the gateway's just after it.
MARGIN = timedelta(hours=1)
PAY_OUT = timedelta(days=10)


class GatewayDidNotAnswer(Exception):
    """The gateway could not be asked about the day; it is asked again tomorrow, or when the job is run by hand."""


def reconcile_day(day: datetime | None = None) -> list[str]:
    """Compare one day (UTC; yesterday unless told), and return the findings. Raises GatewayDidNotAnswer."""
    start = datetime.combine((day or clock.now() - timedelta(days=1)).date(), time(), clock.now().tzinfo)
    end = start + timedelta(days=1)
    at_gateway = gateway.day(start - MARGIN, end + MARGIN)
    if at_gateway is None:
        raise GatewayDidNotAnswer
    confirm_settled(at_gateway)
    confirm_settled(_still_settling())
    findings = [*_wrong_at_gateway(at_gateway), *_wrong_in_books(start, end, at_gateway)]
    for finding in findings:
        log.error("", extra={"fields": {"reconciled": start.date().isoformat(), "finding": finding}})
    return findings


def _still_settling() -> Iterator[Seen]:
    """Payments of earlier days that the gateway had not paid out when they were last compared."""
    since = clock.now() - PAY_OUT
    for payment in Payment.select().where(Payment.state == PaymentState.SETTLING, Payment.created_at > since):
        seen = gateway.find(payment.gateway_id)
        if isinstance(seen, Seen):
            yield seen


def _wrong_at_gateway(at_gateway: Sequence[Seen]) -> Iterator[str]:
    for seen in at_gateway:
        finding = _wrong_refund(seen) if seen.is_refund else _wrong_charge(seen)
        if finding:
            yield finding


def _wrong_refund(seen: Seen) -> str | None:
    known = Refund.select().where((Refund.gateway_id == seen.gateway_id) | (Refund.ref == seen.ref)).exists()
    return None if known or seen.status not in GOOD else f"Refund {seen.gateway_id} is in no order of this shop."


def _wrong_charge(seen: Seen) -> str | None:
    if seen.status not in GOOD:
        return None
    payment = Payment.get_or_none(Payment.gateway_id == seen.gateway_id)
    if payment is None:
        return _not_in_books(seen)
    if payment.state in NOT_TAKEN:
        return _void_after_all(payment, seen)
    if payment.amount_cents != seen.amount_cents and payment.state in GOOD_PAYMENTS:
        return _told(payment, f"Charge {seen.gateway_id} is over another amount than the order.")
    return None


def _not_in_books(seen: Seen) -> str | None:
    """A second charge of one of our payments, or one whose outcome is not decided yet."""
    payment = Payment.get_or_none(Payment.ref == seen.ref)
    if payment is None:
        return f"Charge {seen.gateway_id} is in no order of this shop."
    if payment.gateway_id is None and payment.state not in NOT_TAKEN:
        return None
    void_extras(payment, [seen])
    return f"Charge {seen.gateway_id} is a second one for payment {payment.id}; it is being voided."


def _void_after_all(payment: Payment, seen: Seen) -> str:
    with db.atomic():
        move(payment, payment.state, PaymentState.VOID_DUE, due_at=clock.now())
        jobs.kick("void payments")
    return _told(payment, f"Charge {seen.gateway_id} should not hold money any more; it is being voided.")


def _wrong_in_books(start: datetime, end: datetime, at_gateway: Sequence[Seen]) -> Iterator[str]:
    good = {seen.gateway_id for seen in at_gateway if seen.status in GOOD}
    ours = Payment.select().where(
        Payment.state.in_(GOOD_PAYMENTS),
        Payment.decided_at >= start,
        Payment.decided_at < end,
        Payment.gateway_id.is_null(False),
    )
    for payment in ours:
        if payment.gateway_id in good:
            continue
        seen = gateway.find(payment.gateway_id)
        if isinstance(seen, Missing) or (isinstance(seen, Seen) and seen.is_final_failure):
            status = seen.status if isinstance(seen, Seen) else "missing"
            yield _told(payment, f"The order counts on charge {payment.gateway_id}, which the gateway calls {status}.")


def _told(payment: Payment, finding: str) -> str:
    with db.atomic():
        raise_alarm(Order.get_by_id(payment.order_id), finding, payment=payment.id)
    return finding
