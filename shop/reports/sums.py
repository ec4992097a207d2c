"""The numbers of a report: what they are, and adding them up."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What a figure is of: everything, or a part. The parts of GOODS, TAX and DELIVERY each sum to everything."""

    SALES = "sales"
    GOODS = "goods"
    ALL_GOODS = "all goods"
    TAX = "tax"
    DELIVERY = "delivery"
    DISCOUNT = "discount"
    ANY_CODE = "any code"
    BACK = "back"
    HELD = "held"
    VISITS = "visits"


class Held(StrEnum):
    """Of the orders placed on a day: what their payments took or may take and gave back, what went back of the orders,
    what changes of them came to and is owed for that, and those orders whose payments hold another amount than is left
    of them. CHANGES alone is of the changes made on the day, whenever their orders were placed."""

    TAKEN = "taken"
    AUTHORIZED = "authorized"
    REFUNDED = "refunded"
    GONE = "gone"
    CHANGED = "changed"
    CHANGES = "changes"
    OWED = "owed"
    APART = "apart"


class Key(NamedTuple):
    """Of what: a tax's name, rate and place; goods' SKU; a way of delivery's code; a discount code; a reason."""

    currency: str
    kind: str
    name: str = ""
    place: str = ""
    rate_ppm: int = 0


@dataclass(slots=True)
class Sums:
    """`goods_cents` is before `discount_cents`; of a tax it is what the tax is on, without it. `total_cents` is what
    was paid. What went back stands beside it, never taken off: `back_count` times, `back_pieces` of goods; of goods
    `back_cents` is what these pieces were sold for, less discounts and without what is added for tax.

    Of payments, HELD, `total_cents` is their amount; of orders that are apart it is what is left of them, and
    `back_cents` what their payments hold. Of VISITS `orders` is how many there were.
    """

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
    def goods_kept_cents(self) -> int:
        """Of goods: what was sold less discounts, less the pieces that came back."""
        return self.goods_cents - self.discount_cents - self.back_cents

    @property
    def is_nothing(self) -> bool:
        return not any(getattr(self, name) for name in NUMBERS)


NUMBERS = tuple(field.name for field in fields(Sums))


class Part(NamedTuple):
    """What something adds to one figure; `words` is what the figure's goods, or way of delivery, are called there."""

    key: Key
    sums: Sums
    words: str = ""
