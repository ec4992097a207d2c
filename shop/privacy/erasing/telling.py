"""Whoever outside the shop was given something that is now forgotten, and must be told so: a task for the owner."""

from __future__ import annotations

from ... import clock
from ...audit.services import record
from ...db import db
from ...disclosures.queries import disclosures_about
from ...orders.models import Order, Shipment
from ...vault import Recipient, declarations
from .models import Erasure, ToldRecipient


def note_recipients(erasure: Erasure, order: Order) -> None:
    """One row for each who was given something personal about the order; before its tracking numbers go. Paper of our
    own has its register, and a day by which it is destroyed."""
    personal = {found.field.name for found in declarations()}
    parcels = ", ".join(row.tracking for row in Shipment.select().where(Shipment.order == order.id) if row.tracking)
    with db.atomic():
        for given in disclosures_about("order", [order.id]):
            if given.recipient != Recipient.PAPER and personal & set(given.field_names):
                ToldRecipient.insert(
                    erasure=erasure.id,
                    order=order.id,
                    recipient=given.recipient,
                    who=given.who,
                    reference=parcels or order.number,
                    made_at=clock.now(),
                ).on_conflict_ignore().execute()


def note_told(*, task: ToldRecipient, staff_id: int) -> bool:
    """The recipient was told; False when that was noted already. Nothing leads to the parcel any more."""
    open_still = (ToldRecipient.id == task.id) & ToldRecipient.told_at.is_null()
    told = {"told_at": clock.now(), "told_by": staff_id, "reference": ""}
    with db.atomic():
        if not ToldRecipient.update(**told).where(open_still).execute():
            return False
        about = ("erasure", task.erasure_id)
        record("recipient-told", actor=f"staff:{staff_id}", about=about, recipient=task.recipient)
    return True
