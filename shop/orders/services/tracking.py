"""A parcel on its way: its number corrected, its arrival noted."""

from __future__ import annotations

from ... import clock
from ...audit.services import record
from ...db import db
from ...retrying import retried
from ..carriers import PICK_UP
from ..models import Order, Shipment
from . import mails
from .finishing import finish_if_all_arrived
from .revisions import take_turn
from .timeline import note


@retried
def correct_parcel(
    *, shipment: Shipment, carrier: str, tracking: str, tell: bool, staff_id: int, seen: int | None
) -> bool:
    """Another carrier or tracking number for a parcel, told to the customer if `tell`; False when it has them already.

    Raises ChangedMeanwhile.
    """
    with db.atomic():
        order = Order.get_by_id(shipment.order_id)
        as_it_is = Shipment.get_by_id(shipment.id)
        if (as_it_is.carrier, as_it_is.tracking) == (carrier, tracking):
            return False
        take_turn(order, seen=seen)
        Shipment.update(carrier=carrier, tracking=tracking).where(Shipment.id == shipment.id).execute()
        note(order, "parcel corrected", actor=f"staff:{staff_id}", parcel=shipment.id)
        if tell:
            mails.announce_shipment(order, Shipment.get_by_id(shipment.id), is_corrected=True)
        record("parcel-corrected", actor=f"staff:{staff_id}", about=("order", order.id), parcel=shipment.id)
    return True


@retried
def mark_delivered(*, shipment: Shipment, staff_id: int) -> bool:
    """That it arrived, or was collected; False when that was noted already."""
    with db.atomic():
        arrived = Shipment.update(delivered_at=clock.now()).where(
            Shipment.id == shipment.id, Shipment.delivered_at.is_null()
        )
        if not arrived.execute():
            return False
        order = Order.get_by_id(shipment.order_id)
        kind = "collected" if shipment.carrier == PICK_UP else "delivered"
        note(order, kind, actor=f"staff:{staff_id}", parcel=shipment.id)
        finish_if_all_arrived(order, f"staff:{staff_id}")
        record("parcel-delivered", actor=f"staff:{staff_id}", about=("order", order.id), parcel=shipment.id)
    return True
