"""A Quote is what a basket costs and how that came about: pages, mails, invoices, refunds and reports all print it.

The rounding rule, the only one in the shop (docs/decisions/0020-one-rounding-rule.md):

- Every figure is a whole number of the currency's smallest unit.
- A percentage off is worked out once, on the goods together, and rounded half up. What is taken off is then spread over
  the lines by their price: each gets its share rounded down, and what is left over goes, one unit each, to the lines
  that lost most by that (the earlier line first when they lost the same).
- Tax is worked out for each line, and for delivery, on what is really paid for it, rounded half up, and kept there.
  The tax of the whole is the sum of those, never worked out again.

So the parts always sum to the total: goods - discount + delivery (+ tax, where prices do not hold it already).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from ..money import money, percent


@dataclass(frozen=True, kw_only=True)
class QuoteLine:
    """One line. `discount_cents` is its share of what is taken off, `total_cents` what is paid for it, tax included."""

    variant_id: int
    name: str
    options: str
    sku: str
    picture: str
    unit_price_cents: int
    quantity: int
    subtotal_cents: int
    discount_cents: int
    tax_cents: int
    tax_rate_ppm: int
    tax_name: str
    total_cents: int


@dataclass(frozen=True, kw_only=True)
class DeliveryCharge:
    """Delivery at its own price, what a code takes off it, and the tax on the rest."""

    code: str
    name: str
    promise: str
    price_cents: int
    discount_cents: int
    tax_cents: int
    tax_rate_ppm: int
    tax_name: str
    needs_address: bool


@dataclass(frozen=True, kw_only=True)
class TaxShare:
    """One rate's part of the tax: `base_cents`, without tax, is what it is on."""

    name: str
    rate_ppm: int
    base_cents: int
    tax_cents: int


@dataclass(frozen=True, kw_only=True)
class Quote:
    """`discount_cents` is off the goods, `delivery_cents` what is left of delivery's price; `tax_cents` is all tax.

    `total_cents` = subtotal - discount + delivery, plus the tax unless `tax_inclusive`.
    """

    currency: str
    lines: tuple[QuoteLine, ...]
    subtotal_cents: int
    discount_cents: int
    discount_code: str
    discount_name: str
    delivery: DeliveryCharge | None
    delivery_cents: int
    tax_inclusive: bool
    taxes: tuple[TaxShare, ...]
    tax_cents: int
    total_cents: int
    weight_grams: int
    country: str
    region: str

    @property
    def item_count(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def needs_address(self) -> bool:
        return self.delivery is not None and self.delivery.needs_address

    def to_json(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Quote:
        found: dict[str, Any] = json.loads(text)
        found["lines"] = tuple(QuoteLine(**line) for line in found["lines"])
        found["taxes"] = tuple(TaxShare(**share) for share in found["taxes"])
        found["delivery"] = DeliveryCharge(**found["delivery"]) if found["delivery"] else None
        return cls(**found)

    @cached_property
    def explanations(self) -> dict[str, tuple[str, ...]]:
        """For `subtotal`, `discount`, `delivery`, `tax` and `total`: sentences that say how the figure came about."""
        return {
            "subtotal": tuple(self._explain_subtotal()),
            "discount": tuple(self._explain_discount()),
            "delivery": tuple(self._explain_delivery()),
            "tax": tuple(self._explain_tax()),
            "total": tuple(self._explain_total()),
        }

    def _money(self, cents: int) -> str:
        return money(cents, self.currency)

    def _explain_subtotal(self) -> Iterator[str]:
        for line in self.lines:
            what = f"{line.name}, {line.options}" if line.options else line.name
            price, sum_ = self._money(line.unit_price_cents), self._money(line.subtotal_cents)
            yield f"{what}: {line.quantity} × {price} = {sum_}."
        if len(self.lines) > 1:
            yield f"Together {self._money(self.subtotal_cents)}."

    def _explain_discount(self) -> Iterator[str]:
        if not self.discount_code:
            return
        yield f"Code {self.discount_code}: {self.discount_name}."
        if self.discount_cents:
            yield f"{self._money(self.discount_cents)} off goods of {self._money(self.subtotal_cents)}."
            shares = [line for line in self.lines if line.discount_cents]
            if len(shares) > 1:
                parts = ", ".join(f"{line.name} {self._money(line.discount_cents)}" for line in shares)
                yield f"Shared over the lines by their price: {parts}."

    def _explain_delivery(self) -> Iterator[str]:
        if self.delivery is None:
            yield "Worked out at the checkout, when we know where it goes."
            return
        price = self._money(self.delivery.price_cents) if self.delivery.price_cents else "free"
        yield f"{self.delivery.name}: {price}."
        if self.delivery.discount_cents:
            yield f"Code {self.discount_code} takes off {self._money(self.delivery.discount_cents)}."

    def _explain_tax(self) -> Iterator[str]:
        if self.delivery is None and not self.taxes:
            yield "Worked out at the checkout, when we know where it goes."
            return
        if not self.taxes:
            yield "No tax is due where this goes."
            return
        for share in self.taxes:
            base, tax = self._money(share.base_cents), self._money(share.tax_cents)
            yield f"{share.name} {percent(share.rate_ppm)} on {base}: {tax}."
        yield "It is part of the prices already." if self.tax_inclusive else "It is added to the prices."
        yield "Tax is worked out for each line and for delivery, rounded half up, and then added up."

    def _explain_total(self) -> Iterator[str]:
        parts = f"{self._money(self.subtotal_cents)} for the goods"
        if self.discount_cents:
            parts += f" − {self._money(self.discount_cents)} discount"
        if self.delivery is not None:
            parts += f" + {self._money(self.delivery_cents)} delivery"
        if self.tax_cents and not self.tax_inclusive:
            parts += f" + {self._money(self.tax_cents)} tax"
        yield f"{parts} = {self._money(self.total_cents)}."
        if self.tax_cents and self.tax_inclusive:
            yield f"{self._money(self.tax_cents)} of it is tax."
