"""A parcel's and a refund's pieces, line by line; `what` is the line's name with its options, as it was bought."""

from __future__ import annotations

from peewee import BigIntegerField, Check, ForeignKeyField, IntegerField

from ...db import BaseModel, ImpersonalText
from ..models import Order, OrderLine, Refund, Shipment


class ShipmentLine(BaseModel):
    order_id: int
    order = ForeignKeyField(Order, backref="shipment_lines", on_delete="CASCADE")
    shipment_id: int
    shipment = ForeignKeyField(Shipment, backref="lines", on_delete="CASCADE")
    line_id: int
    line = ForeignKeyField(OrderLine, backref="shipped", on_delete="CASCADE")
    what = ImpersonalText()
    quantity = IntegerField(constraints=[Check("quantity > 0")])

    class Meta:
        indexes = ((("shipment", "line"), True),)


class RefundLine(BaseModel):
    """`amount_cents` is the line's part of the refund, `restocked` how many of its pieces went back on the shelf, and
    `kept_back` how many had not left the shop and will not."""

    order_id: int
    order = ForeignKeyField(Order, backref="refund_lines", on_delete="CASCADE")
    refund_id: int
    refund = ForeignKeyField(Refund, backref="lines", on_delete="CASCADE")
    line_id: int
    line = ForeignKeyField(OrderLine, backref="refunded", on_delete="CASCADE")
    what = ImpersonalText()
    quantity = IntegerField(constraints=[Check("quantity > 0")])
    amount_cents = BigIntegerField(constraints=[Check("amount_cents >= 0")])
    restocked = IntegerField(default=0)
    kept_back = IntegerField(default=0)

    class Meta:
        constraints = (
            Check("restocked >= 0 AND restocked <= quantity"),
            Check("kept_back >= 0 AND kept_back <= quantity"),
        )
        indexes = ((("refund", "line"), True),)
