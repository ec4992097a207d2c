"""Cards that customers asked us to keep: what names one at the gateway, and what tells it apart. Never its number."""

from __future__ import annotations

from peewee import DateField, ForeignKeyField, IntegerField

from .. import clock
from ..customers.models import Customer
from ..db import ImpersonalText, UtcDateTimeField
from ..vault import Sealed, SealedModel
from . import personal_data as declared


class StoredCard(SealedModel):
    """A card in the gateway's vault, under a key of its own.

    `gateway_customer` is a random id, made for this card alone: deleting it at the gateway deletes the card, even when
    the token can no longer be read. From `removed_at` on nobody pays with the card; the row goes once the gateway has
    said that it is gone there.
    """

    customer_id: int
    # A customer's row stays after an erasure, so that what must still be deleted at the gateway is never lost with it.
    customer = ForeignKeyField(Customer, backref="cards", on_delete="RESTRICT")
    gateway_customer = ImpersonalText(unique=True)
    token = Sealed(declared.TOKEN)
    brand = Sealed(declared.BRAND)
    last4 = Sealed(declared.LAST4)
    expires_on = DateField(null=True, index=True)
    added_at = UtcDateTimeField(default=clock.now)
    removed_at = UtcDateTimeField(null=True)
    tries = IntegerField(default=0)
    due_at = UtcDateTimeField(default=clock.now)

    class Meta:
        indexes = ((("removed_at", "due_at"), False),)

    @property
    def has_expired(self) -> bool:
        return self.expires_on is not None and self.expires_on < clock.now().date()
