"""Days summed up, and what tells that a day must be summed up again.

Triggers write a ReportMark in the same transaction as whatever changes a day's figures, whoever changes it, so that a
sum is either right or known to be stale (docs/decisions/0136-days-summed-up.md).
"""

from __future__ import annotations

from peewee import BigIntegerField, DateField, IntegerField

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
        indexes = ((("kind", "at"), False),)


class ReportZone(BaseModel):
    """One row: the time zone whose days are summed up."""

    zone = ImpersonalText(unique=True)


class ReportDay(BaseModel):
    """One figure of one day. `kind` and the four after it say of what; sums.py says what the numbers are."""

    day = DateField()
    currency = ImpersonalText()
    kind = ImpersonalText()
    name = ImpersonalText(default="")
    detail = ImpersonalText(default="")
    place = ImpersonalText(default="")
    rate_ppm = IntegerField(default=0)
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
        indexes = ((("kind", "day"), False), (("day",), False))
