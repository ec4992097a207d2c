"""Submitting an order: a row before the call (T1), the call with no transaction open, then the row again (T2).

T2 is a compare-and-set: whoever decides first, the shopper's own request or the worker, decides for good.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import shutil
from dataclasses import dataclass
from datetime import timedelta

from ... import clock, jobs
from ...audit.services import record
from ...cart.models import Cart
from ...config import settings
from ...db import db, is_sqlite
from ...disclosures.models import DisclosurePurpose
from ...disclosures.services import disclose
from ...payments import gateway
from ...payments.gateway import Authorised, Declined, NonceConsumed, Outcome, Refused, Unknown
from ...payments.reasons import OURS
from ...vault import Recipient
from ..models import LIVE_PAYMENTS, Order, OrderState, Payment, PaymentState
from .alarms import raise_alarm
from .errors import (
    AlreadyBeingChecked,
    CartIsGone,
    FingerprintConflict,
    GatewayDown,
    PaymentDeclined,
    PurchaseIsOver,
)
from .placing import give_up_payment, open_order, place
from .purchase import Purchase
from .retrying import retried
from .timeline import AUDITED, CUSTOMER, note

UNDECIDED = (PaymentState.SENDING, PaymentState.UNKNOWN)
MEGABYTE = 1024 * 1024
# How much longer than the gateway's own deadline a request may take before the worker asks in its place.
GRACE = timedelta(seconds=10)
LOOK_AGAIN_AFTER = 5
CONSUMED = "nonce consumed"
# All that gateway.authorise() hands over; the card itself goes to the gateway from the shopper's own browser.
SENT_TO_GATEWAY = ("amount", "payment_reference", "card_code")
log = logging.getLogger("shop.orders")


@dataclass(frozen=True)
class Begun:
    """After T1. Without a `payment` there is nothing to send: the order is placed, now or before."""

    order: Order
    payment: Payment | None


def submit_order(*, purchase: Purchase, nonce: str) -> Order:
    """Place and pay. The order comes back placed, or still pending: its outcome is not known yet.

    Sent again with the same `idem`, the same order comes back and nothing is charged again. Raises what errors.py
    names, and pricing's DiscountRefused and MethodNotAvailable.
    """
    if not can_take_orders():
        raise GatewayDown
    begun = begin_purchase(purchase=purchase, nonce=nonce)
    if begun.payment is None:
        return begun.order
    outcome = gateway.authorise(ref=begun.payment.ref, amount_cents=begun.payment.amount_cents, nonce=nonce)
    try:
        apply_outcome(payment=begun.payment, outcome=outcome, actor=CUSTOMER)
    except Exception:
        # The card may be charged and our books could not say so: the worker will ask and write it down.
        log.exception("", extra={"fields": {"payment": begun.payment.id, "outcome": type(outcome).__name__}})
    return _order_or_reason(begun.payment)


def can_take_orders() -> bool:
    """Whether the gateway answers, as far as this process knows, and there is disk left to remember a payment."""
    free = shutil.disk_usage(settings().shop_instance).free
    return gateway.is_open() and free >= settings().disk_megabytes_needed * MEGABYTE


@retried
def begin_purchase(*, purchase: Purchase, nonce: str) -> Begun:
    """T1: everything that the payment stands on, in one transaction. Raises like submit_order."""
    with db.atomic():
        # Two submissions of one cart take turns here, so that the second finds what the first has written.
        cart = _locked(purchase.cart)
        order = Order.get_or_none(Order.idem == purchase.idem)
        if order is not None and _is_done(order, purchase.seen_total_cents):
            return Begun(order, None)
        _refuse_while_checking(purchase)
        if order is not None and order.fingerprint != purchase.fingerprint:
            raise FingerprintConflict
        _repeat_refusal(purchase, nonce)
        if cart is None:
            raise CartIsGone
        order = open_order(purchase, cart, order)
        if order.total_cents == 0:
            place(order, actor=CUSTOMER)
            return Begun(Order.get_by_id(order.id), None)
        return Begun(order, _write_payment(order, nonce))


def _locked(cart: Cart) -> Cart | None:
    query = Cart.select().where(Cart.id == cart.id, Cart.token_hash == cart.token_hash)
    found: Cart | None = (query if is_sqlite() else query.for_update()).first()
    return found


def _is_done(order: Order, seen_total_cents: int) -> bool:
    """Whether the order of this `idem` has been placed. Raises when it is another's, or over."""
    if order.state in {OrderState.PENDING, OrderState.PAYMENT_FAILED}:
        return False
    if order.total_cents != seen_total_cents:
        raise FingerprintConflict
    if order.state == OrderState.EXPIRED:
        raise PurchaseIsOver
    return True


def _refuse_while_checking(purchase: Purchase) -> None:
    live = (
        Order.select()
        .join(Payment)
        .where(
            (Order.idem == purchase.idem) | (Order.draft_subject == purchase.draft_subject),
            Payment.state.in_(LIVE_PAYMENTS),
        )
        .first()
    )
    if live is not None:
        raise AlreadyBeingChecked(live)


def _repeat_refusal(purchase: Purchase, nonce: str) -> None:
    """A reloaded page sends a token that has made its transaction: that is no new attempt, the answer is the same."""
    before = (
        Payment.select(Payment, Order)
        .join(Order)
        .where(
            Order.idem == purchase.idem,
            Payment.nonce_hash == _hash(nonce),
            Payment.gateway_id.is_null(False),
        )
        .order_by(Payment.id.desc())
        .first()
    )
    if before is not None:
        raise PaymentDeclined(before.order, before.reason or OURS)


def _hash(nonce: str) -> str:
    return hashlib.sha256(nonce.encode()).hexdigest()


def _write_payment(order: Order, nonce: str) -> Payment:
    now = clock.now()
    payment: Payment = Payment.create(
        order=order.id,
        ref=f"{order.number}-{secrets.token_hex(4)}",
        amount_cents=order.total_cents,
        nonce=nonce,
        nonce_hash=_hash(nonce),
        sent_at=now,
        due_at=now + timedelta(seconds=settings().braintree_timeout) + GRACE,
    )
    disclose(
        about=("order", order.id),
        recipient=Recipient.PAYMENT_PROCESSOR,
        fields=SENT_TO_GATEWAY,
        purpose=DisclosurePurpose.PAYMENT,
        by=AUDITED[CUSTOMER],
    )
    return payment


def order_sent_before(*, idem: str, seen_total_cents: int) -> Order | None:
    """What a form that was sent before has come to; None when it was not, or its payment failed. Raises like
    submit_order."""
    order: Order | None = Order.get_or_none(Order.idem == idem)
    if order is None or _is_done(order, seen_total_cents):
        return order
    if Payment.select().where(Payment.order == order.id, Payment.state.in_(LIVE_PAYMENTS)).exists():
        raise AlreadyBeingChecked(order)
    return None


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
    is_waiting = Order.select().where(Order.id == order.id, Order.state == OrderState.PENDING).exists()
    if agrees and is_waiting:
        if decide(payment, PaymentState.AUTHORIZED, **card):
            kept = {"payment": payment.id, "cents": payment.amount_cents}
            note(
                order,
                "payment authorised",
                actor=actor,
                brand=seen.brand,
                last4=seen.last4,
                amount_cents=payment.amount_cents,
                payment=payment.id,
            )
            record("payment-authorised", actor=AUDITED[actor], about=("order", order.id), **kept)
            place(order, actor=actor)
            jobs.kick("settle payments")
        return
    if decide(payment, PaymentState.VOID_DUE, **card):
        note(order, "payment void due", actor=actor, amount_cents=seen.amount_cents, payment=payment.id)
        jobs.kick("void payments")
        give_up_payment(order)
        if not agrees:
            raise_alarm(order, "The gateway authorised another amount or reference than was asked for.")


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
        give_up_payment(order)
        if outcome.void_due:
            jobs.kick("void payments")


def decide(payment: Payment, state: PaymentState, **columns: object) -> bool:
    """The compare-and-set: False when the payment was decided already. The nonce is of no use any more."""
    undecided = (Payment.id == payment.id) & Payment.state.in_(UNDECIDED)
    now = clock.now()
    changed = Payment.update(state=state, nonce="", decided_at=now, due_at=now, **columns).where(undecided)
    return bool(changed.execute())


def _order_or_reason(payment: Payment) -> Order:
    payment = Payment.get_by_id(payment.id)
    order: Order = Order.get_by_id(payment.order_id)
    if order.state == OrderState.PAYMENT_FAILED:
        raise PaymentDeclined(order, payment.reason or OURS)
    return order
