"""A payment is a row before it is a call: the row in the caller's transaction, the call with none open."""

from __future__ import annotations

import hashlib
import logging
import secrets
from datetime import timedelta

from ... import clock
from ...config import settings
from ...disclosures.models import DisclosurePurpose
from ...disclosures.services import disclose
from ...payments import gateway
from ...payments.models import StoredCard
from ...vault import Recipient
from ..models import Order, OrderEdit, Payment
from .applying import apply_outcome

# How much longer than the gateway's own deadline a request may take before the worker asks in its place.
GRACE = timedelta(seconds=10)
# All that gateway.authorise() hands over; the card itself goes to the gateway from the shopper's own browser.
SENT_TO_GATEWAY = ("amount", "payment_reference", "card_code")
log = logging.getLogger("shop.orders")


def write_payment(
    order: Order,
    *,
    amount_cents: int,
    identity: str,
    by: str,
    card: StoredCard | None = None,
    nonce: str = "",
    store_as: str = "",
    edit: OrderEdit | None = None,
) -> Payment:
    """`identity` is what it is paid with, as the form that was sent names it; `by` is as the audit trail names them.

    `store_as` is made up before the call, so that it is known whatever happens next.
    """
    now = clock.now()
    payment: Payment = Payment.create(
        order=order.id,
        edit=edit and edit.id,
        ref=f"{order.number}-{secrets.token_hex(4)}",
        amount_cents=amount_cents,
        nonce="" if card else nonce,
        nonce_hash=hash_of(identity),
        card=card and card.id,
        store_as=store_as,
        sent_at=now,
        due_at=now + timedelta(seconds=settings().braintree_timeout) + GRACE,
    )
    disclose(
        about=("order", order.id),
        recipient=Recipient.PAYMENT_PROCESSOR,
        fields=SENT_TO_GATEWAY,
        purpose=DisclosurePurpose.PAYMENT,
        by=by,
    )
    return payment


def hash_of(identity: str) -> str:
    """Of what was paid with: it tells a form that was sent again from a new attempt."""
    return hashlib.sha256(identity.encode()).hexdigest()


def ask_the_bank(payment: Payment, *, token: str = "", actor: str) -> None:
    """What it says is written down, or found by the worker. `token` is the gateway's name for a saved card."""
    outcome = gateway.authorise(
        ref=payment.ref,
        amount_cents=payment.amount_cents,
        nonce=payment.nonce,
        token=token,
        store_as=payment.store_as,
    )
    try:
        apply_outcome(payment=payment, outcome=outcome, actor=actor)
    except Exception:
        # The card may be charged and our books could not say so: the worker will ask and write it down.
        fields = {"payment": payment.id, "outcome": type(outcome).__name__}
        log.exception("an outcome was not written down", extra={"fields": fields})
