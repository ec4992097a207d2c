"""What delivery costs, which taxes are due and what a code is worth, as the shop has set them up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from peewee import JOIN, Case

from ..addresses.countries import all_countries
from .models import DeliveryBand, DeliveryKind, DeliveryMethod, Discount, DiscountUse, TaxRate, TaxZone
from .places import Destination, is_within
from .sums import Tax


@dataclass(frozen=True)
class DeliveryOffer:
    """A method that can be had for a basket and place, at its price before any discount code."""

    code: str
    name: str
    promise: str
    price_cents: int
    is_free: bool
    needs_address: bool
    tax_class: str


@dataclass(frozen=True)
class TaxRules:
    """The taxes of one place, by tax class."""

    inclusive: bool
    by_class: Mapping[str, Tax]

    def of(self, tax_class: str) -> Tax:
        return self.by_class.get(tax_class, Tax())


@dataclass(frozen=True)
class FreeFrom:
    """How far a basket is from free delivery."""

    name: str
    missing_cents: int


def methods_for(destination: Destination | None, subtotal_cents: int, weight_grams: int) -> list[DeliveryOffer]:
    """The methods a shopper can choose, in the shop's order. Without a destination only those that need no address.

    `subtotal_cents` is the goods' price before discounts, so that a code never takes free delivery away.
    """
    offers = []
    for method, bands in _methods_with_bands():
        price = _price(method, bands, destination, subtotal_cents, weight_grams)
        if price is not None:
            offers.append(
                DeliveryOffer(
                    method.code, method.name, method.promise, price, price == 0, method.needs_address, method.tax_class
                )
            )
    return offers


def _methods_with_bands() -> list[tuple[DeliveryMethod, list[tuple[int | None, int]]]]:
    rows: Iterable[Any] = (
        DeliveryMethod.select(DeliveryMethod, DeliveryBand.upto, DeliveryBand.price_cents.alias("band_cents"))
        .join(DeliveryBand, JOIN.LEFT_OUTER)
        .where(DeliveryMethod.is_active)
        .order_by(
            DeliveryMethod.position,
            DeliveryMethod.id,
            Case(None, ((DeliveryBand.upto.is_null(), 1),), 0),
            DeliveryBand.upto,
        )
        .objects()
    )
    found: dict[int, tuple[DeliveryMethod, list[tuple[int | None, int]]]] = {}
    for row in rows:
        bands = found.setdefault(row.id, (row, []))[1]
        if row.band_cents is not None:
            bands.append((row.upto, row.band_cents))
    return list(found.values())


def _price(
    method: DeliveryMethod,
    bands: list[tuple[int | None, int]],
    destination: Destination | None,
    subtotal_cents: int,
    weight_grams: int,
) -> int | None:
    """What the method costs, or None when it cannot be had."""
    if not _reaches(method, destination):
        return None
    price: int | None = method.price_cents
    if method.kind in {DeliveryKind.BY_WEIGHT, DeliveryKind.BY_VALUE}:
        measured = weight_grams if method.kind == DeliveryKind.BY_WEIGHT else subtotal_cents
        price = next((cents for upto, cents in bands if upto is None or measured <= upto), None)
    if price is not None and method.free_over_cents is not None and subtotal_cents >= method.free_over_cents:
        return 0
    return price


def _reaches(method: DeliveryMethod, destination: Destination | None) -> bool:
    if not method.needs_address:
        return True
    if destination is None or not _serves(method, destination.country):
        return False
    return method.kind != DeliveryKind.LOCAL or is_within(destination.postcode, method.postcodes)


def _serves(method: DeliveryMethod, country: str) -> bool:
    return not method.countries or country in method.countries.split()


def countries_served() -> list[str]:
    """The codes of the countries that some method delivers to, as far as we know how addresses are written there."""
    found: set[str] = set()
    rows: Iterable[Any] = (
        DeliveryMethod.select(DeliveryMethod.countries)
        .where(DeliveryMethod.is_active, DeliveryMethod.kind != DeliveryKind.PICK_UP)
        .tuples()
    )
    for (countries,) in rows:
        found.update(countries.split() or all_countries())
    return sorted(found & set(all_countries()))


def nearest_free_delivery(subtotal_cents: int, country: str) -> FreeFrom | None:
    """The next method of a country that becomes free if more is bought; None when there is none."""
    methods: Iterable[Any] = (
        DeliveryMethod.select(DeliveryMethod.name, DeliveryMethod.free_over_cents, DeliveryMethod.countries)
        .where(DeliveryMethod.is_active, DeliveryMethod.free_over_cents > subtotal_cents)
        .order_by(DeliveryMethod.free_over_cents, DeliveryMethod.position)
    )
    for method in methods:
        if _serves(method, country):
            return FreeFrom(method.name, method.free_over_cents - subtotal_cents)
    return None


def tax_rules(country: str, region: str) -> TaxRules:
    """The taxes of a region where it has its own, of its country otherwise; none at all where the shop set none."""
    rows: list[Any] = list(
        TaxZone.select(TaxZone.region, TaxZone.inclusive, TaxRate.tax_class, TaxRate.name, TaxRate.rate_ppm)
        .join(TaxRate, JOIN.LEFT_OUTER)
        .where(TaxZone.country == country, TaxZone.region.in_({region, ""}))
        .tuples()
    )
    nearest = max((zone for zone, *_ in rows), default="")
    rows = [row for row in rows if row[0] == nearest]
    return TaxRules(
        inclusive=bool(rows and rows[0][1]),
        by_class={tax_class: Tax(name, rate) for _, _, tax_class, name, rate in rows if tax_class is not None},
    )


def tax_classes() -> list[str]:
    """Those that a rate is known for; "standard" is there always, and first."""
    rows: Any = TaxRate.select(TaxRate.tax_class).distinct().tuples()
    return ["standard", *sorted({name for (name,) in rows} - {"standard"})]


def discount_with(code: str) -> Discount | None:
    """The discount of a code, however it was typed."""
    return Discount.get_or_none(Discount.code == normal_code(code))


def normal_code(text: str) -> str:
    """ " welcome10 " -> "WELCOME10"."""
    return "".join(text.split()).upper()


def uses_by(discount: Discount, customer: bytes) -> int:
    """How often a customer, known by the blind index of the e-mail, has used a discount."""
    return int(DiscountUse.select().where(DiscountUse.discount == discount, DiscountUse.customer == customer).count())
