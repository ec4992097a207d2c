"""The numbers of a report: what they are, and adding them up."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What a figure is of: everything, or a part; the parts of each kind sum to everything."""

    SALES = "sales"
    GOODS = "goods"
    TAX = "tax"
    DELIVERY = "delivery"
    DISCOUNT = "discount"
    BACK = "back"


class Key(NamedTuple):
    """Of what: a tax's name, rate and place; a SKU with the goods' name; a way of delivery; a code; a reason."""

    currency: str
    kind: str
    name: str = ""
    detail: str = ""
    place: str = ""
    rate_ppm: int = 0


@dataclass(slots=True)
class Sums:
    """`goods_cents` is before `discount_cents`; of a tax it is what the tax is on, without it. `total_cents` is what
    was paid. What went back stands beside it, never taken off: `back_count` times, `back_pieces` of goods."""

    orders: int = 0
    pieces: int = 0
    goods_cents: int = 0
    discount_cents: int = 0
    delivery_cents: int = 0
    tax_cents: int = 0
    total_cents: int = 0
    back_count: int = 0
    back_pieces: int = 0
    back_cents: int = 0
    back_tax_cents: int = 0

    def add(self, other: Sums) -> None:
        for name in NUMBERS:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def net_cents(self) -> int:
        """What was paid less what went back."""
        return self.total_cents - self.back_cents

    @property
    def net_tax_cents(self) -> int:
        return self.tax_cents - self.back_tax_cents

    @property
    def net_pieces(self) -> int:
        return self.pieces - self.back_pieces

    @property
    def is_nothing(self) -> bool:
        return not any(getattr(self, name) for name in NUMBERS)


NUMBERS = tuple(field.name for field in fields(Sums))
