"""What is added to the goods' prices, and what is taken off: delivery, tax, discounts."""

from __future__ import annotations

from enum import StrEnum

from peewee import BigIntegerField, BooleanField, Check, ForeignKeyField, IntegerField

from ..db import BaseModel, ImpersonalBlob, ImpersonalText, UtcDateTimeField


class DeliveryKind(StrEnum):
    FLAT = "flat"
    BY_WEIGHT = "by weight"
    BY_VALUE = "by value"
    PICK_UP = "pick-up"
    LOCAL = "local round"


class DiscountKind(StrEnum):
    PERCENT = "percent"
    AMOUNT = "amount"
    FREE_DELIVERY = "free delivery"


class DeliveryMethod(BaseModel):
    """A way to get an order. `countries` are codes parted by spaces (empty: everywhere); `postcodes` are prefixes and
    ranges ("900-908 91001"), for local rounds.

    `weekdays` are the fixed days on which it goes, as "tue fri", and `lead_days` how many days before such a day an
    order must have come in to go with it. Without fixed days no order is promised for a day.
    """

    code = ImpersonalText(unique=True)
    name = ImpersonalText()
    promise = ImpersonalText(default="")
    kind = ImpersonalText(default=DeliveryKind.FLAT)
    price_cents = BigIntegerField(default=0)
    free_over_cents = BigIntegerField(null=True)
    countries = ImpersonalText(default="")
    postcodes = ImpersonalText(default="")
    tax_class = ImpersonalText(default="standard")
    weekdays = ImpersonalText(default="")
    lead_days = IntegerField(default=1, constraints=[Check("lead_days >= 0")])
    position = IntegerField(default=0)
    is_active = BooleanField(default=True)

    @property
    def needs_address(self) -> bool:
        return bool(self.kind != DeliveryKind.PICK_UP)


class DeliveryBand(BaseModel):
    """A step of a method priced by weight (`upto` in grams) or by order value (in cents); NULL has no upper end."""

    method = ForeignKeyField(DeliveryMethod, backref="bands", on_delete="CASCADE")
    upto = BigIntegerField(null=True)
    price_cents = BigIntegerField()


class TaxZone(BaseModel):
    """Where a tax applies: a country, or one region of it. `inclusive` prices hold the tax already."""

    country = ImpersonalText()
    region = ImpersonalText(default="")
    inclusive = BooleanField(default=False)

    class Meta:
        indexes = ((("country", "region"), True),)


class TaxRate(BaseModel):
    """A rate in parts per million (9.5 % is 95,000) for one tax class in a zone."""

    zone_id: int
    zone = ForeignKeyField(TaxZone, backref="rates", on_delete="CASCADE")
    tax_class = ImpersonalText()
    name = ImpersonalText()
    rate_ppm = IntegerField(constraints=[Check("rate_ppm >= 0")])

    class Meta:
        indexes = ((("zone", "tax_class"), True),)


class Discount(BaseModel):
    """A code. `value` is parts per million for a percentage, cents for an amount. `used` never passes `use_limit`."""

    code = ImpersonalText(unique=True)
    kind = ImpersonalText()
    value = BigIntegerField(default=0)
    minimum_cents = BigIntegerField(default=0)
    starts_at = UtcDateTimeField(null=True)
    ends_at = UtcDateTimeField(null=True)
    use_limit = IntegerField(null=True)
    use_limit_each = IntegerField(null=True)
    used = IntegerField(default=0)
    is_active = BooleanField(default=True)

    class Meta:
        constraints = (Check("used >= 0 AND (use_limit IS NULL OR used <= use_limit)"),)


class DiscountUse(BaseModel):
    """That an order used a discount; `customer` is the blind index of the e-mail, for the limit per customer."""

    discount_id: int
    discount = ForeignKeyField(Discount, backref="uses", on_delete="CASCADE")
    order_ref = ImpersonalText(unique=True)
    customer = ImpersonalBlob(null=True, index=True)
