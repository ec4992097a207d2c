"""What made-up orders cost: goods bought, a code that takes a tenth off, and a tax that the prices hold already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...config import settings
from ...pricing.quote import DeliveryCharge, Quote, QuoteLine, TaxShare
from ...pricing.sums import MILLION, half_up, spread

CODE, OFF_PPM = "WELCOME10", 100_000
# By country and region; elsewhere there is none.
TAXES = {
    ("US", "CA"): ("Sales tax", 95_000),
    ("DE", ""): ("VAT", 190_000),
    ("GB", ""): ("VAT", 200_000),
    ("CA", ""): ("GST", 50_000),
}


@dataclass(frozen=True)
class Goods:
    """A variant as an order line knows it."""

    id: int
    name: str
    options: str
    sku: str
    cents: int


@dataclass(frozen=True)
class Way:
    code: str
    name: str
    needs_address: bool


@dataclass(frozen=True)
class Priced:
    """An order's amounts and its lines, as columns."""

    quote: Quote
    lines: Sequence[dict[str, Any]]


def price(bought: Sequence[tuple[Goods, int]], *, has_code: bool, way: Way, place: tuple[str, str]) -> Priced:
    subtotals = [each.cents * quantity for each, quantity in bought]
    off = half_up(sum(subtotals) * OFF_PPM, MILLION) if has_code else 0
    name, rate_ppm = TAXES.get(place, ("", 0))
    lines = [
        _line(position, *goods, taken_off, rate_ppm)
        for position, (goods, taken_off) in enumerate(zip(bought, spread(off, subtotals), strict=True))
    ]
    tax = sum(line["tax_cents"] for line in lines)
    total = sum(subtotals) - off
    taxes = (TaxShare(name=name, rate_ppm=rate_ppm, base_cents=total - tax, tax_cents=tax),) if rate_ppm else ()
    delivery = DeliveryCharge(
        code=way.code, name=way.name, promise="", price_cents=0, discount_cents=0, tax_cents=0, tax_rate_ppm=0,
        tax_name="", needs_address=way.needs_address,
    )  # fmt: skip
    quote = Quote(
        currency=settings().currency, lines=tuple(_as_quoted(line, name) for line in lines),
        subtotal_cents=sum(subtotals), discount_cents=off, discount_code=CODE if has_code else "",
        discount_name="", delivery=delivery, delivery_cents=0, tax_inclusive=True, taxes=taxes, tax_cents=tax,
        total_cents=total, weight_grams=500, country=place[0], region=place[1],
    )  # fmt: skip
    return Priced(quote, lines)


def _as_quoted(line: dict[str, Any], tax_name: str) -> QuoteLine:
    figures = {name: value for name, value in line.items() if name not in ("variant", "position")}
    return QuoteLine(
        variant_id=line["variant"], picture="", tax_name=tax_name if line["tax_rate_ppm"] else "", **figures
    )


def _line(position: int, goods: Goods, quantity: int, taken_off: int, rate_ppm: int) -> dict[str, Any]:
    total = goods.cents * quantity - taken_off
    return {
        "variant": goods.id,
        "position": position,
        "name": goods.name,
        "options": goods.options,
        "sku": goods.sku,
        "unit_price_cents": goods.cents,
        "quantity": quantity,
        "subtotal_cents": goods.cents * quantity,
        "discount_cents": taken_off,
        "tax_cents": half_up(total * rate_ppm, MILLION + rate_ppm),
        "tax_rate_ppm": rate_ppm,
        "total_cents": total,
    }
