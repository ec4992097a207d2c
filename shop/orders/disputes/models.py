"""A dispute about a payment, and the gateway's messages that were read already."""

from __future__ import annotations

from enum import StrEnum

from peewee import BigIntegerField, Check, DateField, ForeignKeyField

from ... import clock
from ...db import BaseModel, ImpersonalBlob, ImpersonalText, UtcDateTimeField
from ..models import Order, Payment


class DisputeState(StrEnum):
    """The gateway's own words."""

    OPEN = "open"
    DISPUTED = "disputed"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"
    ACCEPTED = "accepted"
    AUTO_ACCEPTED = "auto_accepted"
    EXPIRED = "expired"


UNDECIDED = (DisputeState.OPEN, DisputeState.DISPUTED, DisputeState.UNDER_REVIEW)


class Dispute(BaseModel):
    """`reason` is the gateway's code; `reply_by` the last day to answer."""

    order_id: int
    order = ForeignKeyField(Order, backref="disputes", on_delete="CASCADE")
    payment = ForeignKeyField(Payment, backref="disputes", on_delete="CASCADE")
    gateway_id = ImpersonalText(unique=True)
    state = ImpersonalText()
    reason = ImpersonalText(default="")
    amount_cents = BigIntegerField(constraints=[Check("amount_cents >= 0")])
    reply_by = DateField(null=True)
    opened_at = UtcDateTimeField(default=clock.now)
    decided_at = UtcDateTimeField(null=True)

    @property
    def is_open(self) -> bool:
        return self.state in UNDECIDED


class Webhook(BaseModel):
    """`digest` is the SHA-256 of the message: sent again, it changes nothing."""

    digest = ImpersonalBlob(unique=True)
    kind = ImpersonalText()
    received_at = UtcDateTimeField(default=clock.now)
