"""The card that a customer wanted saved with a payment: kept once the payment stands, and deleted when it came to
nothing. Everything here works in the caller's transaction."""

from __future__ import annotations

from ...payments.gateway import Authorised
from ...payments.services.cards import drop_stored, keep_card, may_keep_cards
from ..models import Order, Payment


def is_wanted(order: Order, payment: Payment) -> bool:
    """Whether the card is to be kept: not of who took back the consent meanwhile, or closed the account.

    It takes the customer's row, so it is asked before the audit trail, where writers wait for one another.
    """
    return bool(payment.store_as) and order.customer_id is not None and may_keep_cards(order.customer_id)


def save_card(order: Order, payment: Payment, seen: Authorised) -> None:
    """The payment stands, and its card is wanted."""
    if order.customer_id is None or not seen.token:
        drop_card(order, payment)
        return
    keep_card(
        customer_id=order.customer_id,
        gateway_customer=payment.store_as,
        token=seen.token,
        brand=seen.brand,
        last4=seen.last4,
        expiry=seen.expiry,
    )


def drop_card(order: Order, payment: Payment) -> None:
    """The payment came to nothing, but the gateway may have stored its card."""
    if payment.store_as:
        drop_stored(customer_id=order.customer_id, gateway_customer=payment.store_as)
