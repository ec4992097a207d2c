"""The payment of a change: its row, before the bank is asked. In the caller's transaction."""

from __future__ import annotations

import secrets
from datetime import timedelta

from ... import clock
from ...config import settings
from ...disclosures.models import DisclosurePurpose
from ...disclosures.services import disclose
from ...payments.models import StoredCard
from ...vault import Recipient
from ..models import Order, OrderEdit, Payment
from ..services.paying import GRACE, SENT_TO_GATEWAY, hash_of


def write_payment(
    order: Order, edit: OrderEdit, *, identity: str, by: str, card: StoredCard | None = None, nonce: str = ""
) -> Payment:
    """`identity` is what it is paid with, as the form that was sent names it; `by` is as the audit trail names them."""
    now = clock.now()
    payment: Payment = Payment.create(
        order=order.id,
        edit=edit.id,
        ref=f"{order.number}-{secrets.token_hex(4)}",
        amount_cents=edit.difference_cents,
        nonce="" if card else nonce,
        nonce_hash=hash_of(identity),
        card=card and card.id,
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
