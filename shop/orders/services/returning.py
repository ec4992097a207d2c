"""Parcels that came back to the shop because nobody could be given them."""

from __future__ import annotations

from ... import clock
from ...audit.services import record
from ...customers.services.reminders import note_returned_parcel
from ...db import db
from ...retrying import retried
from ..carriers import PICK_UP
from ..models import Order, Shipment
from . import mails
from .revisions import NotNow
from .timeline import note


class NotReturnable(NotNow):
    pass


@retried
def parcel_returned(*, shipment: Shipment, staff_id: int) -> bool:
    """Note it, and ask the customer to look at the address: by mail, and on their account's pages if they have one.

    False when it was noted already. The order stays sent, its money and stock as they are. Raises NotReturnable.
    """
    if shipment.carrier == PICK_UP:
        raise NotReturnable("This order was to be collected: no parcel left.")
    actor = f"staff:{staff_id}"
    with db.atomic():
        out_still = (Shipment.id == shipment.id) & Shipment.returned_at.is_null()
        if not Shipment.update(returned_at=clock.now()).where(out_still).execute():
            return False
        order = Order.get_by_id(shipment.order_id)
        note(order, "returned", actor=actor, carrier=shipment.carrier_name, shipment=shipment.id)
        mails.announce_return(order, shipment)
        if order.customer_id is not None:
            note_returned_parcel(customer_id=order.customer_id, shipment_id=shipment.id)
        record("parcel-returned", actor=actor, about=("order", order.id), shipment=shipment.id)
    return True
