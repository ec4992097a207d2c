"""The parcels of an order."""

from __future__ import annotations

from peewee import ForeignKeyField, IntegerField

from ... import clock
from ...db import BaseModel, ImpersonalText, UtcDateTimeField
from ..carriers import carrier_name, tracking_link
from .orders import Order


class Shipment(BaseModel):
    """A parcel that left, with its carrier's tracking number; what is in it are ShipmentLines. `returned_at` is when it
    came back to the shop."""

    order_id: int
    order = ForeignKeyField(Order, backref="shipments", on_delete="CASCADE")
    carrier = ImpersonalText()
    tracking = ImpersonalText(default="")
    at_revision = IntegerField(null=True)
    at = UtcDateTimeField(default=clock.now)
    returned_at = UtcDateTimeField(null=True)
    delivered_at = UtcDateTimeField(null=True)

    class Meta:
        indexes = ((("order", "at_revision"), True),)

    @property
    def carrier_name(self) -> str:
        return carrier_name(self.carrier)

    @property
    def link(self) -> str:
        """Where to follow it, or ""."""
        return tracking_link(self.carrier, self.tracking)
