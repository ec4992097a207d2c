"""Cancellations that wait until nobody can take them back: until then nothing has moved, and nothing else is done to
the order; then the worker cancels it, with its stock, money and mail, in one transaction for each order."""

from __future__ import annotations

from datetime import datetime

from ... import clock
from ...db import db
from ...in_turn import in_turn
from ...retrying import retried
from ..cancelling import Reason
from ..models import Order, OrderState
from ..services.fulfilment import NotCancellable, cancel_order
from ..services.parcels import NOW
from ..services.revisions import BeingCancelled, NotNow, take_turn
from .models import BulkAction, BulkItem, Outcome

JOB = "cancel orders"
OPEN = (OrderState.PLACED, OrderState.PACKED)


def begin_cancelling(order: Order, *, due_at: datetime, seen: int | None = None) -> bool:
    """In the caller's transaction; False when it is cancelled, or being cancelled, already.

    Raises NotCancellable, ChangedMeanwhile.
    """
    try:
        is_open = take_turn(order, seen=seen, states=OPEN)
    except BeingCancelled:
        return False
    if is_open:
        Order.update(cancel_due_at=due_at).where(Order.id == order.id).execute()
        return True
    if order.state == OrderState.CANCELLED:
        return False
    raise NotCancellable(f"This order is {NOW.get(OrderState(order.state), order.state)}, so it cannot be cancelled.")


def stop_cancelling(order_id: int) -> bool:
    """In the caller's transaction; False when it is over, one way or the other."""
    waiting = (Order.id == order_id) & Order.cancel_due_at.is_null(False)
    return bool(Order.update(cancel_due_at=None).where(waiting).execute())


def cancel_due() -> int:
    """Cancel what nobody can take back any more, however long ago that fell due; how many there were."""
    is_due = (BulkItem.outcome == Outcome.WAITING) & (BulkAction.undo_until <= clock.now())
    return in_turn(
        _cancel, list(BulkItem.select(BulkItem, BulkAction).join(BulkAction).where(is_due).order_by(BulkItem.id))
    )


@retried
def _cancel(item: BulkItem) -> bool:
    action, order = item.action, Order.get_by_id(item.order_id)
    with db.atomic():
        if not stop_cancelling(order.id):
            return False
        try:
            is_new = cancel_order(
                order=order, reason=Reason(action.reason), staff_id=action.staff_id, restock=action.restock
            )
            outcome, reason = (Outcome.DONE if is_new else Outcome.ALREADY), ""
        except NotNow as error:
            outcome, reason = Outcome.REFUSED, str(error)
        BulkItem.update(outcome=outcome, reason=reason).where(BulkItem.id == item.id).execute()
    return outcome == Outcome.DONE
