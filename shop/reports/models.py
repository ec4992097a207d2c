"""Days summed up, and what tells that a day must be summed up again.

Triggers write a ReportMark in the same transaction as whatever changes a day's figures, whoever changes it, so that a
sum is either right or known to be stale (docs/decisions/0136-days-summed-up.md).
"""

from __future__ import annotations

from peewee import BigIntegerField, BooleanField, DateField, ForeignKeyField, IntegerField

from .. import clock
from ..db import BaseModel, ImpersonalText, UtcDateTimeField


class ReportMark(BaseModel):
    """The day that this moment is in has changed since it was last summed up."""

    at = UtcDateTimeField(index=True)


class ReportVisit(BaseModel):
    """That a cart was begun, or a checkout: when, and nothing else. Those of an hour that is over become one row."""

    kind = ImpersonalText()
    at = UtcDateTimeField(default=clock.now)
    quantity = IntegerField(default=1)

    class Meta:
        indexes = ((("at", "kind", "quantity"), False),)


class ReportZone(BaseModel):
    """One row: the time zone whose days are summed up, and from which day on they all are. No day: not yet from any."""

    zone = ImpersonalText(unique=True)
    summed_from = DateField(null=True)


class ReportKey(BaseModel):
    """What a figure is of (sums.Key). `words` is what it was called on `named_on`, the last day it was sold on."""

    currency = ImpersonalText()
    kind = ImpersonalText()
    name = ImpersonalText(default="")
    place = ImpersonalText(default="")
    rate_ppm = IntegerField(default=0)
    words = ImpersonalText(default="")
    named_on = DateField()

    class Meta:
        indexes = ((("name", "kind", "currency", "place", "rate_ppm"), True),)


class ReportDay(BaseModel):
    """One figure of one day; sums.py says what the numbers are."""

    day = DateField()
    kind = ImpersonalText()
    key_id: int
    key = ForeignKeyField(ReportKey, on_delete="CASCADE", index=False)
    orders = IntegerField(default=0)
    pieces = IntegerField(default=0)
    goods_cents = BigIntegerField(default=0)
    discount_cents = BigIntegerField(default=0)
    delivery_cents = BigIntegerField(default=0)
    tax_cents = BigIntegerField(default=0)
    total_cents = BigIntegerField(default=0)
    back_count = IntegerField(default=0)
    back_pieces = IntegerField(default=0)
    back_cents = BigIntegerField(default=0)
    back_tax_cents = BigIntegerField(default=0)

    class Meta:
        indexes = ((("key", "day"), True), (("day",), False))


# All that ranking goods by pieces needs: their rows of a year are read from the index alone.
ReportDay.add_index(
    ReportDay.index(
        ReportDay.kind, ReportDay.day, ReportDay.key, ReportDay.pieces, ReportDay.back_pieces, ReportDay.total_cents,
        name="report_day_ranking",
    )
)  # fmt: skip


class ReportPart(BaseModel):
    """That an order is part of a figure of a day: of what was sold, or of what went back."""

    key_id: int
    key = ForeignKeyField(ReportKey, on_delete="CASCADE", index=False)
    is_back = BooleanField()
    day = DateField()
    order_id = IntegerField()

    class Meta:
        indexes = ((("key", "is_back", "day", "order_id"), True), (("day",), False))
