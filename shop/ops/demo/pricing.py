"""How Fern & Strap delivers, what it taxes, and its one discount code; a second run adds only what is missing."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

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
# Up to so many grams, or goods of that value, and what it costs then; the last one holds for all above.
PARCEL_BANDS = ((1_000, "6.00"), (3_000, "9.00"), (10_000, "15.00"), (30_000, "29.00"))
ABROAD_BANDS = (("50.00", "19.00"), ("150.00", "25.00"), (None, "32.00"))


class Way(NamedTuple):
    """A way of delivery; prices as people write them."""

    code: str
    name: str
    kind: DeliveryKind
    promise: str
    price: str = "0.00"
    free_over: str = ""
    countries: str = ""
    postcodes: str = ""
    weekdays: str = ""
    lead_days: int = 1
    bands: tuple[tuple[int | str | None, str], ...] = ()


WAYS = (
    Way(
        *("pick-up", "Pick up at 18 Alder Lane", DeliveryKind.PICK_UP, "Ready the same day, Tuesday to Sunday"),
        weekdays="tue wed thu fri sat sun",
        lead_days=0,
    ),
    Way(
        *("local", "Local round, Los Angeles", DeliveryKind.LOCAL, "By van on Tuesday or Friday evening"),
        price="5.00",
        free_over="45.00",
        countries="US",
        postcodes="900-908",
        weekdays="tue fri",
    ),
    Way(
        *("parcel", "Parcel", DeliveryKind.BY_WEIGHT, "2 to 4 working days"),
        free_over="120.00",
        countries="US",
        bands=PARCEL_BANDS,
    ),
    Way("express", "Express", DeliveryKind.FLAT, "The next working day", price="18.00", countries="US"),
    Way(
        *("international", "International parcel", DeliveryKind.BY_VALUE, "6 to 12 working days"),
        countries="CA DE GB",
        bands=ABROAD_BANDS,
    ),
)


def seed_delivery() -> None:
    """Pick-up, the round through the neighbourhood, parcels by weight, express, and abroad by value."""
    with db.atomic():
        if DeliveryMethod.select().exists():
            return
        for position, way in enumerate(WAYS):
            _add(way, position)


def _add(way: Way, position: int) -> None:
    method = DeliveryMethod.create(
        position=position,
        code=way.code,
        name=way.name,
        kind=way.kind,
        promise=way.promise,
        price_cents=_cents(way.price),
        free_over_cents=_cents(way.free_over) if way.free_over else None,
        countries=way.countries,
        postcodes=way.postcodes,
        weekdays=way.weekdays,
        lead_days=way.lead_days,
        tax_class="delivery",
    )
    for upto, price in way.bands:
        reach = _cents(upto) if isinstance(upto, str) else upto
        DeliveryBand.create(method=method, upto=reach, price_cents=_cents(price))


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


def _cents(price: str) -> int:
    return round(Decimal(price).scaleb(settings().currency_exponent))
