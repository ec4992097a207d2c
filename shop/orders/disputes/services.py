"""Taking in what the gateway tells: each message once, and a dispute that is decided stays so."""

from __future__ import annotations

import hashlib

from ... import clock
from ...audit.services import record
from ...db import db
from ...payments.webhooks import DisputeSeen, read_webhook
from ...retrying import retried
from ..models import Order, Payment
from ..services.alarms import raise_alarm
from ..services.timeline import WORKER, note
from .models import UNDECIDED, Dispute, DisputeState, Webhook

DISPUTED = "The bank looks into the payment, for its customer says something is wrong with it."
LOST = "The bank took the money back after looking into the payment."
KNOWN = frozenset(DisputeState)


def take_webhook(*, signature: str, payload: str) -> bool:
    """Believe a signed message, once; False when it was read before. Raises NotFromTheGateway."""
    told = read_webhook(signature=signature, payload=payload)
    return _take(hashlib.sha256(payload.encode()).digest(), told.kind, told.dispute)


@retried
def _take(digest: bytes, kind: str, dispute: DisputeSeen | None) -> bool:
    with db.atomic():
        new = Webhook.insert(digest=digest, kind=kind).on_conflict_ignore().returning(Webhook.id).execute()
        if not list(new):
            return False
        if dispute is not None and dispute.status in KNOWN:
            _note_dispute(dispute)
    return True


def _note_dispute(seen: DisputeSeen) -> None:
    payment = Payment.get_or_none(Payment.gateway_id == seen.payment_id)
    if payment is None:
        # Another shop's, at the same merchant account.
        return
    order: Order = payment.order
    known = Dispute.get_or_none(Dispute.gateway_id == seen.gateway_id)
    if known is None:
        known = Dispute.create(order=order.id, payment=payment.id, **_columns(seen))
        note(order, "disputed", actor=WORKER, amount_cents=seen.amount_cents)
        if known.is_open:
            raise_alarm(order, DISPUTED, dispute=known.id)
    elif not known.is_open or known.state == seen.status:
        return
    else:
        Dispute.update(_columns(seen)).where(Dispute.id == known.id).execute()
    if seen.status not in UNDECIDED:
        note(order, f"dispute {'won' if seen.status == DisputeState.WON else 'lost'}", actor=WORKER)
        if seen.status != DisputeState.WON:
            raise_alarm(order, LOST, dispute=known.id)
    record("payment-disputed", actor="shop", about=("order", order.id), dispute=known.id, state=seen.status)


def _columns(seen: DisputeSeen) -> dict[str, object]:
    return {
        "gateway_id": seen.gateway_id,
        "state": seen.status,
        "reason": seen.reason,
        "amount_cents": seen.amount_cents,
        "reply_by": seen.reply_by,
        "decided_at": None if seen.status in UNDECIDED else clock.now(),
    }
