"""Each step that staff or a customer take makes a new revision of the order: a form that was made for an older one
says so instead of doing what nobody meant."""

from __future__ import annotations

from ..models import Order, OrderState


class NotNow(Exception):
    """The order is not in a state for this; the message says why, for staff."""


class ChangedMeanwhile(NotNow):
    """Somebody took another step since the form was made."""

    def __init__(self) -> None:
        super().__init__("Somebody changed this order since you opened it. This is how it stands now: look again.")


class BeingCancelled(NotNow):
    """Somebody cancels it, and can take that back for some seconds yet."""

    def __init__(self) -> None:
        super().__init__("This order is being cancelled. Take that back first, if it can be.")


def take_turn(order: Order, *, seen: int | None, states: tuple[OrderState, ...] = tuple(OrderState)) -> bool:
    """Make the order's next revision, in the caller's transaction, and keep everybody else waiting until it ends.

    False when the order is in none of `states`. Raises BeingCancelled, and ChangedMeanwhile unless `seen` is the
    revision it stands at; None is for those who act on an order however it stands.
    """
    wanted = [Order.id == order.id, Order.state.in_(states)]
    as_seen = [] if seen is None else [Order.revision == seen]
    is_free = Order.cancel_due_at.is_null()
    if Order.update(revision=Order.revision + 1).where(*wanted, *as_seen, is_free).execute():
        return True
    found = Order.select(Order.cancel_due_at).where(*wanted).first()
    if found is None:
        return False
    raise BeingCancelled if found.cancel_due_at else ChangedMeanwhile
