"""Submitting an order: a row before the call (T1), the call with no transaction open, then the row again (T2)."""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass

from ...cart.models import Cart
from ...config import settings
from ...customers.services import consents
from ...customers.services.consents import ConsentPurpose
from ...db import db, taken
from ...payments import gateway
from ...payments.models import StoredCard
from ...payments.queries import usable_card
from ...payments.reasons import OURS
from ...retrying import retried
from ...vault import Source
from ..models import LIVE_PAYMENTS, Order, OrderState, Payment
from .errors import (
    AlreadyBeingChecked,
    CardIsGone,
    CartIsGone,
    FingerprintConflict,
    GatewayDown,
    PaymentDeclined,
    PurchaseIsOver,
)
from .placing import open_order, place
from .purchase import Means, Purchase
from .sending import ask_the_bank, hash_of, write_payment
from .timeline import audited

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Begun:
    """After T1. Without a `payment` there is nothing to send: the order is placed, now or before.

    `token` is the gateway's name for the saved card that is to be charged.
    """

    order: Order
    payment: Payment | None = None
    token: str = ""


def submit_order(*, purchase: Purchase, means: Means) -> Order:
    """Place and pay. The order comes back placed, or still pending: its outcome is not known yet.

    Sent again with the same `idem`, the same order comes back and nothing is charged again. Raises what errors.py
    names, and pricing's DiscountRefused and MethodNotAvailable.
    """
    if not can_take_orders():
        raise GatewayDown
    begun = begin_purchase(purchase=purchase, means=means)
    payment = begun.payment
    if payment is None:
        return begun.order
    ask_the_bank(payment, token=begun.token, actor=purchase.actor)
    return _order_or_reason(payment)


def can_take_orders() -> bool:
    """Whether the gateway answers, as far as this process knows, and there is disk left to remember a payment."""
    free = shutil.disk_usage(settings().shop_instance).free
    return gateway.is_open() and free >= settings().disk_megabytes_needed * MEGABYTE


@retried
def begin_purchase(*, purchase: Purchase, means: Means) -> Begun:
    """T1: everything that the payment stands on, in one transaction. Raises like submit_order."""
    with db.atomic():
        # Two submissions of one cart take turns here, so that the second finds what the first has written.
        cart = _locked(purchase.cart)
        order = Order.get_or_none(Order.idem == purchase.idem)
        if order is not None and _is_done(order, purchase.seen_total_cents):
            return Begun(order)
        _refuse_while_checking(purchase)
        if order is not None and order.fingerprint != purchase.fingerprint:
            raise FingerprintConflict
        _repeat_refusal(purchase, means)
        if cart is None:
            raise CartIsGone
        order = open_order(purchase, cart, order)
        if order.total_cents == 0:
            place(order, actor=purchase.actor)
            return Begun(Order.get_by_id(order.id))
        card = _saved_card(purchase, means)
        is_to_keep = means.keep_card and card is None and purchase.customer is not None
        if is_to_keep and purchase.customer is not None:
            consents.give(customer=purchase.customer, purpose=ConsentPurpose.SAVED_CARD, source=Source.SELF)
        payment = write_payment(
            order,
            amount_cents=order.total_cents,
            identity=means.identity,
            by=audited(purchase.actor, order),
            card=card,
            nonce=means.nonce,
            store_as=secrets.token_hex(12) if is_to_keep else "",
        )
        return Begun(order, payment, (card and card.token) or "")


def _locked(cart: Cart) -> Cart | None:
    query = Cart.select().where(Cart.id == cart.id, Cart.token_hash == cart.token_hash)
    found: Cart | None = taken(query).first()
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


def _repeat_refusal(purchase: Purchase, means: Means) -> None:
    """A reloaded page sends a token that has made its transaction: that is no new attempt, the answer is the same."""
    before = (
        Payment.select(Payment, Order)
        .join(Order)
        .where(
            Order.idem == purchase.idem,
            Payment.nonce_hash == hash_of(means.identity),
            Payment.gateway_id.is_null(False),
        )
        .order_by(Payment.id.desc())
        .first()
    )
    if before is not None:
        raise PaymentDeclined(before.order, before.reason or OURS)


def _saved_card(purchase: Purchase, means: Means) -> StoredCard | None:
    if means.card_id is None:
        return None
    card = usable_card(purchase.customer.id, means.card_id) if purchase.customer else None
    if card is None:
        raise CardIsGone
    return card


def order_sent_before(*, idem: str, seen_total_cents: int) -> Order | None:
    """What a form that was sent before has come to; None when it was not, or its payment failed. Raises like
    submit_order."""
    order: Order | None = Order.get_or_none(Order.idem == idem)
    if order is None or _is_done(order, seen_total_cents):
        return order
    if Payment.select().where(Payment.order == order.id, Payment.state.in_(LIVE_PAYMENTS)).exists():
        raise AlreadyBeingChecked(order)
    return None


def _order_or_reason(payment: Payment) -> Order:
    payment = Payment.get_by_id(payment.id)
    order: Order = Order.get_by_id(payment.order_id)
    if order.state == OrderState.PAYMENT_FAILED:
        raise PaymentDeclined(order, payment.reason or OURS)
    return order
