"""A cart belongs to whoever holds its cookie; the database knows only the hash of that cookie's token."""

from __future__ import annotations

from peewee import BigIntegerField, Check, ForeignKeyField, IntegerField

from .. import clock
from ..catalogue.models import Variant
from ..db import BaseModel, ImpersonalBlob, ImpersonalText, UtcDateTimeField


class Cart(BaseModel):
    """`version` goes up with every change, so that a payment page knows when it shows an older cart."""

    token_hash = ImpersonalBlob(unique=True)
    version = IntegerField(default=1)
    discount_code = ImpersonalText(default="")
    created_at = UtcDateTimeField(default=clock.now)
    touched_at = UtcDateTimeField(default=clock.now, index=True)


class CartLine(BaseModel):
    """`seen_price_cents` is the price when it was put in; a `removed_at` line can still be brought back."""

    variant_id: int
    cart = ForeignKeyField(Cart, backref="lines", on_delete="CASCADE")
    variant = ForeignKeyField(Variant, on_delete="CASCADE")
    quantity = IntegerField(constraints=[Check("quantity > 0")])
    seen_price_cents = BigIntegerField()
    added_at = UtcDateTimeField(default=clock.now)
    removed_at = UtcDateTimeField(null=True)

    class Meta:
        indexes = ((("cart", "variant"), True),)
