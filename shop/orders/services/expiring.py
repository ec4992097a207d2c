"""Orders that nobody paid for: their stock goes back to the shelf, and who they were for is forgotten."""

from __future__ import annotations

from datetime import timedelta

from peewee import fn

from ... import clock
from ...db import db, taken
from ...in_turn import in_turn
from ...retrying import retried
from ..models import LIVE_PAYMENTS, Order, OrderState, Payment
from .holding import HOLD_FOR
from .placing import expire, finish_expiring
from .timeline import WORKER

# After a decline a shopper may fetch another card and come back to the same order.
TRY_AGAIN_WITHIN = timedelta(hours=24)


def expire_pending() -> int:
    """Expire what waits for a payment that will not come; how many. An order with a live payment never expires."""
    finish_expiring()
    now = clock.now()
    is_live = fn.EXISTS(Payment.select().where(Payment.order == Order.id, Payment.state.in_(LIVE_PAYMENTS)))
    is_late = ((Order.state == OrderState.PENDING) & (Order.created_at < now - HOLD_FOR)) | (
        (Order.state == OrderState.PAYMENT_FAILED) & (Order.created_at < now - TRY_AGAIN_WITHIN)
    )
    late = list(Order.select().where(is_late, ~is_live).order_by(Order.id))
    return in_turn(_expire, late)


@retried
def _expire(order: Order) -> bool:
    with db.atomic():
        # Locked first, so that no attempt to pay begins between the look and the change.
        taken(Order.select(Order.id).where(Order.id == order.id)).first()
        live = Payment.select().where(Payment.order == order.id, Payment.state.in_(LIVE_PAYMENTS))
        return not live.exists() and expire(order, actor=WORKER)
