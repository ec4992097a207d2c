"""Cards that customers asked us to keep: what names one at the gateway, and what tells it apart. Never its number."""

from __future__ import annotations

from peewee import DateField, ForeignKeyField, IntegerField

from .. import clock
from ..customers.models import Customer
from ..days import today
from ..db import ImpersonalText, UtcDateTimeField
from ..vault import REMOVED, Sealed, SealedModel
from . import personal_data as declared


class StoredCard(SealedModel):
    """A card in the gateway's vault, under a key of its own.

    `gateway_customer` is a random id, made for this card alone: deleting it at the gateway deletes the card, even when
    the token can no longer be read. From `removed_at` on nobody pays with the card; the row goes once the gateway has
    said that it is gone there.
    """

    customer_id: int | None
    # Whose customer is gone is nobody's: it is removed as well, and must not be lost before the gateway has deleted it.
    customer = ForeignKeyField(Customer, null=True, backref="cards", on_delete="SET NULL")
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
    def words(self) -> str:
        """How its customer tells it apart: "Visa ending in 1881"."""
        return f"{self.brand} ending in {self.last4}"

    @property
    def ends(self) -> str:
        """As it is printed on the card, or "" when the gateway did not say."""
        return self.expires_on.strftime("%m/%Y") if self.expires_on else ""

    @property
    def is_usable(self) -> bool:
        """Whether it can be paid with: it has not expired, and what names it at the gateway can be read."""
        return not self.has_expired and bool(self.token) and self.token is not REMOVED

    @property
    def has_expired(self) -> bool:
        return self.expires_on is not None and self.expires_on < today()
