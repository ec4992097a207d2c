"""Who at the desk has which order open."""

from __future__ import annotations

from peewee import ForeignKeyField

from ... import clock
from ...db import BaseModel, UtcDateTimeField
from ...orders.models import Order
from ..models import Staff


class OrderVisit(BaseModel):
    """A page that is open since `opened_at`, and was heard of last at `seen_at`."""

    order_id: int
    order = ForeignKeyField(Order, backref="visits", on_delete="CASCADE")
    staff_id: int
    staff = ForeignKeyField(Staff, backref="visits", on_delete="CASCADE")
    opened_at = UtcDateTimeField(default=clock.now)
    seen_at = UtcDateTimeField(default=clock.now, index=True)

    class Meta:
        indexes = ((("order", "staff"), True),)
