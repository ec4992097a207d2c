"""The arithmetic of a Quote: pure, whole numbers only, by the rule that `quote` writes down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .models import DiscountKind
from .quote import DeliveryCharge, Quote, QuoteLine, TaxShare

MILLION = 1_000_000
# Far above any basket, and still exact wherever a figure may pass: bigint columns, JavaScript, gateways.
TOTAL_AT_MOST = 10**12 - 1


class BasketTooLarge(Exception):
    """The basket's sum is more than the shop can take in one order."""


@dataclass(frozen=True)
class Tax:
    """What one class of goods is taxed with; no name is no tax."""

    name: str = ""
    rate_ppm: int = 0


@dataclass(frozen=True, kw_only=True)
class Goods:
    """One line before it is worked out."""

    variant_id: int
    name: str
    options: str
    sku: str
    picture: str
    unit_price_cents: int
    quantity: int
    weight_grams: int
    tax: Tax


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A way to deliver, at its price for this basket and place."""

    code: str
    name: str
    promise: str
    price_cents: int
    needs_address: bool
    tax: Tax


@dataclass(frozen=True, kw_only=True)
class Reduction:
    """A discount code; `value` as in models.Discount."""

    code: str
    name: str
    kind: str
    value: int


def half_up(numerator: int, denominator: int) -> int:
    """The quotient of two whole numbers, none below zero, rounded half up."""
    return (2 * numerator + denominator) // (2 * denominator)


def spread(amount: int, weights: Sequence[int]) -> list[int]:
    """`amount` in parts that sum to it exactly, by `weights`; no part passes its weight while `amount` is no more."""
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    parts = [amount * weight // whole for weight in weights]
    lost = [amount * weight % whole for weight in weights]
    left_over = amount - sum(parts)
    for position in sorted(range(len(weights)), key=lambda place: -lost[place])[:left_over]:
        parts[position] += 1
    return parts


def taken_off(reduction: Reduction | None, subtotal_cents: int) -> int:
    """What a discount takes off goods of this price: never more than they cost."""
    if reduction is None:
        return 0
    if reduction.kind == DiscountKind.PERCENT:
        return min(half_up(subtotal_cents * reduction.value, MILLION), subtotal_cents)
    if reduction.kind == DiscountKind.AMOUNT:
        return min(reduction.value, subtotal_cents)
    return 0


def tax_on(paid_cents: int, rate_ppm: int, *, inclusive: bool) -> int:
    """The tax in (`inclusive`) or on top of what is paid."""
    return half_up(paid_cents * rate_ppm, MILLION + rate_ppm if inclusive else MILLION)


def work_out(
    *,
    currency: str,
    goods: Sequence[Goods],
    reduction: Reduction | None = None,
    delivery: Delivery | None = None,
    inclusive: bool = False,
    country: str = "",
    region: str = "",
) -> Quote:
    """The whole Quote. Raises BasketTooLarge."""
    subtotal = sum(each.unit_price_cents * each.quantity for each in goods)
    if subtotal > TOTAL_AT_MOST:
        raise BasketTooLarge
    discount = taken_off(reduction, subtotal)
    shares = spread(discount, [each.unit_price_cents * each.quantity for each in goods])
    lines = tuple(_line(each, share, inclusive=inclusive) for each, share in zip(goods, shares, strict=True))
    charge = _charge(delivery, reduction, inclusive=inclusive)
    delivery_cents = charge.price_cents - charge.discount_cents if charge else 0
    taxes = _taxes(lines, charge, inclusive=inclusive)
    tax = sum(share.tax_cents for share in taxes)
    return Quote(
        currency=currency,
        lines=lines,
        subtotal_cents=subtotal,
        discount_cents=discount,
        discount_code=reduction.code if reduction else "",
        discount_name=reduction.name if reduction else "",
        delivery=charge,
        delivery_cents=delivery_cents,
        tax_inclusive=inclusive,
        taxes=taxes,
        tax_cents=tax,
        total_cents=subtotal - discount + delivery_cents + (0 if inclusive else tax),
        weight_grams=sum(each.weight_grams * each.quantity for each in goods),
        country=country,
        region=region,
    )


def _line(goods: Goods, discount: int, *, inclusive: bool) -> QuoteLine:
    subtotal = goods.unit_price_cents * goods.quantity
    tax = tax_on(subtotal - discount, goods.tax.rate_ppm, inclusive=inclusive)
    return QuoteLine(
        variant_id=goods.variant_id,
        name=goods.name,
        options=goods.options,
        sku=goods.sku,
        picture=goods.picture,
        unit_price_cents=goods.unit_price_cents,
        quantity=goods.quantity,
        subtotal_cents=subtotal,
        discount_cents=discount,
        tax_cents=tax,
        tax_rate_ppm=goods.tax.rate_ppm,
        tax_name=goods.tax.name,
        total_cents=subtotal - discount + (0 if inclusive else tax),
    )


def _charge(delivery: Delivery | None, reduction: Reduction | None, *, inclusive: bool) -> DeliveryCharge | None:
    if delivery is None:
        return None
    is_free = reduction is not None and reduction.kind == DiscountKind.FREE_DELIVERY
    off = delivery.price_cents if is_free else 0
    return DeliveryCharge(
        code=delivery.code,
        name=delivery.name,
        promise=delivery.promise,
        price_cents=delivery.price_cents,
        discount_cents=off,
        tax_cents=tax_on(delivery.price_cents - off, delivery.tax.rate_ppm, inclusive=inclusive),
        tax_rate_ppm=delivery.tax.rate_ppm,
        tax_name=delivery.tax.name,
        needs_address=delivery.needs_address,
    )


def _taxes(lines: Sequence[QuoteLine], charge: DeliveryCharge | None, *, inclusive: bool) -> tuple[TaxShare, ...]:
    """The tax by rate, highest first; a rate of nothing stands there too, as invoices want it."""
    parts = [
        (line.tax_name, line.tax_rate_ppm, line.subtotal_cents - line.discount_cents, line.tax_cents) for line in lines
    ]
    if charge:
        paid = charge.price_cents - charge.discount_cents
        parts.append((charge.tax_name, charge.tax_rate_ppm, paid, charge.tax_cents))
    by_rate: dict[tuple[str, int], list[int]] = {}
    for name, rate, paid, tax in parts:
        if name:
            sums = by_rate.setdefault((name, rate), [0, 0])
            sums[0] += paid - (tax if inclusive else 0)
            sums[1] += tax
    return tuple(
        TaxShare(name=name, rate_ppm=rate, base_cents=base, tax_cents=tax)
        for (name, rate), (base, tax) in sorted(by_rate.items(), key=lambda item: (-item[0][1], item[0][0]))
    )
