"""The last steps: the customer has it, and somebody has looked into what went wrong."""

from __future__ import annotations

from ... import clock
from ...audit.services import record
from ...db import db
from ...retrying import retried
from ..carriers import PICK_UP
from ..models import Order, OrderState, Shipment
from .alarms import look_again
from .parcels import NOW
from .revisions import NotNow, take_turn
from .timeline import note


class NotDone(NotNow):
    pass


@retried
def finish_order(*, order: Order, staff_id: int) -> bool:
    """The customer has all of it; False when that was said already. Raises NotDone for an order that has not left."""
    actor = f"staff:{staff_id}"
    with db.atomic():
        if not take_turn(order, seen=None, states=(OrderState.SHIPPED,)):
            return _done_already(order)
        on_the_way = (Shipment.order == order.id) & Shipment.delivered_at.is_null()
        for parcel in Shipment.select().where(on_the_way).order_by(Shipment.id):
            note(order, "collected" if parcel.carrier == PICK_UP else "delivered", actor=actor, parcel=parcel.id)
        Shipment.update(delivered_at=clock.now()).where(on_the_way).execute()
        _finish(order, actor)
        record("order-done", actor=actor, about=("order", order.id))
    return True


def finish_if_all_arrived(order: Order, actor: str) -> None:
    """After a parcel arrived, in the caller's transaction: with the last one of an order that was sent, it is done."""
    parcels = Shipment.select().where(Shipment.order == order.id, Shipment.delivered_at.is_null())
    if not parcels.exists() and take_turn(order, seen=None, states=(OrderState.SHIPPED,)):
        _finish(order, actor)


def _finish(order: Order, actor: str) -> None:
    Order.update(state=OrderState.DONE, done_at=clock.now()).where(Order.id == order.id).execute()
    note(order, "done", actor=actor)


def _done_already(order: Order) -> bool:
    state = Order.select(Order.state).where(Order.id == order.id).scalar()
    if state == OrderState.DONE:
        return False
    raise NotDone(f"This order is {NOW.get(state, state)}, so it cannot be done.")


@retried
def see_to(*, order: Order, staff_id: int) -> bool:
    """Somebody has looked into the order's alarms; False when none was open."""
    actor = f"staff:{staff_id}"
    with db.atomic():
        waiting = Order.update(needs_look=False).where(Order.id == order.id, Order.needs_look)
        if not waiting.execute():
            return False
        note(order, "seen to", actor=actor)
        look_again(order.id)
        record("order-seen-to", actor=actor, about=("order", order.id))
    return True
