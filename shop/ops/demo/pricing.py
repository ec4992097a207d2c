"""How Fern & Strap delivers, what it taxes, and its one discount code; a second run adds only what is missing."""

from __future__ import annotations

from decimal import Decimal

from ...config import settings
from ...db import db
from ...pricing.models import (
    DeliveryBand,
    DeliveryKind,
    DeliveryMethod,
    Discount,
    DiscountKind,
    TaxRate,
    TaxZone,
)

# Country, region, whether prices hold the tax, its name, and parts per million by tax class.
ZONES = (
    ("US", "CA", False, "Sales tax", {"standard": 95_000}),
    ("CA", "", False, "GST", {"standard": 50_000, "delivery": 50_000}),
    ("GB", "", True, "VAT", {"standard": 200_000, "food": 0, "delivery": 200_000}),
    ("DE", "", True, "VAT", {"standard": 190_000, "food": 70_000, "delivery": 190_000}),
)
PARCEL_BANDS = ((1_000, "6.00"), (3_000, "9.00"), (10_000, "15.00"), (30_000, "29.00"))
ABROAD_BANDS = (("50.00", "19.00"), ("150.00", "25.00"), (None, "32.00"))


def seed_delivery() -> None:
    """Pick-up, the round through the neighbourhood, parcels by weight, express, and abroad by value."""
    with db.atomic():
        if DeliveryMethod.select().exists():
            return
        _method(0, "pick-up", "Pick up at 18 Alder Lane", DeliveryKind.PICK_UP, "Ready the same day, Tuesday to Sunday")
        _method(
            1,
            "local",
            "Local round, Los Angeles",
            DeliveryKind.LOCAL,
            "By van on Tuesday or Friday evening",
            price_cents=_cents("5.00"),
            free_over_cents=_cents("45.00"),
            countries="US",
            postcodes="900-908",
        )
        parcel = _method(
            2,
            "parcel",
            "Parcel",
            DeliveryKind.BY_WEIGHT,
            "2 to 4 working days",
            countries="US",
            free_over_cents=_cents("120.00"),
        )
        _method(
            3,
            "express",
            "Express",
            DeliveryKind.FLAT,
            "The next working day",
            countries="US",
            price_cents=_cents("18.00"),
        )
        abroad = _method(
            4,
            "international",
            "International parcel",
            DeliveryKind.BY_VALUE,
            "6 to 12 working days",
            countries="CA DE GB",
        )
        for grams, price in PARCEL_BANDS:
            DeliveryBand.create(method=parcel, upto=grams, price_cents=_cents(price))
        for value, price in ABROAD_BANDS:
            DeliveryBand.create(method=abroad, upto=value and _cents(value), price_cents=_cents(price))


def seed_taxes() -> None:
    """Sales tax in California, GST in Canada, VAT in Britain and Germany."""
    with db.atomic():
        if TaxZone.select().exists():
            return
        for country, region, inclusive, name, rates in ZONES:
            zone = TaxZone.create(country=country, region=region, inclusive=inclusive)
            for tax_class, ppm in rates.items():
                TaxRate.create(zone=zone, tax_class=tax_class, name=name, rate_ppm=ppm)


def seed_discount() -> None:
    """WELCOME10: ten per cent off from 30 on."""
    with db.atomic():
        if not Discount.select().exists():
            Discount.create(code="WELCOME10", kind=DiscountKind.PERCENT, value=100_000, minimum_cents=_cents("30.00"))


def _method(position: int, code: str, name: str, kind: DeliveryKind, promise: str, **more: object) -> DeliveryMethod:
    return DeliveryMethod.create(
        position=position, code=code, name=name, kind=kind, promise=promise, tax_class="delivery", **more
    )


def _cents(price: str) -> int:
    return round(Decimal(price).scaleb(settings().currency_exponent))
