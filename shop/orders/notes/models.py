"""Notes by staff: about somebody, so sealed with their order's contact and gone with it."""

from __future__ import annotations

from peewee import ForeignKeyField, IntegerField

from ... import clock
from ...db import UtcDateTimeField
from ...vault import Sealed, SealedModel
from .. import personal_data as declared
from ..models import Order


class OrderNote(SealedModel):
    order_id: int
    order = ForeignKeyField(Order, backref="notes", on_delete="CASCADE")
    staff_id = IntegerField()
    text = Sealed(declared.STAFF_NOTE)
    at = UtcDateTimeField(default=clock.now)
