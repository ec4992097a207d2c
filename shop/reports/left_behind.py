"""Carts that nobody came back to, and how many carts become orders: counted, without following anybody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from peewee import fn

from .. import clock
from ..cart.models import Cart, CartLine
from ..catalogue.models import Product, Variant
from .periods import Period
from .queries import CART, CHECKOUT, Books, visits
from .sums import Kind

LEFT_AFTER = timedelta(days=1)
SHOWN_AT_MOST = 50


@dataclass(frozen=True)
class LeftGoods:
    """In how many carts a variant was left, how many pieces, and what they would have cost."""

    variant_id: int
    name: str
    sku: str
    carts: int
    pieces: int
    cents: int


@dataclass(frozen=True)
class LeftBehind:
    """The carts that stand now and that nobody touched for a day."""

    carts: int
    pieces: int
    cents: int
    goods: Sequence[LeftGoods]


@dataclass(frozen=True)
class Conversion:
    """How many carts were begun in a period, how many checkouts, how many orders placed."""

    carts: int
    checkouts: int
    orders: int

    def share(self, count: int) -> int:
        """Of the carts, in parts per million."""
        return count * 1_000_000 // self.carts if self.carts else 0


def left_behind() -> LeftBehind:
    is_left = (Cart.touched_at < clock.now() - LEFT_AFTER) & CartLine.removed_at.is_null()
    pieces, cents = fn.SUM(CartLine.quantity), fn.SUM(CartLine.quantity * CartLine.seen_price_cents)
    carts = fn.COUNT(Cart.id.distinct())
    whole: Any = CartLine.select(carts, pieces, cents).join(Cart).where(is_left).tuples().get()
    rows: Iterable[Any] = (
        CartLine.select(Variant.id, Product.name, Variant.sku, carts, pieces, cents)
        .join(Cart)
        .switch(CartLine)
        .join(Variant)
        .join(Product)
        .where(is_left)
        .group_by(Variant.id, Product.name, Variant.sku)
        .order_by(carts.desc(), pieces.desc(), Variant.id)
        .limit(SHOWN_AT_MOST)
        .tuples()
    )
    goods = [LeftGoods(*row[:3], *(int(number) for number in row[3:])) for row in rows]
    count, all_pieces, all_cents = (int(number or 0) for number in whole)
    return LeftBehind(count, all_pieces, all_cents, goods)


def conversion(period: Period) -> Conversion:
    counted = visits(period.first, period.last)
    placed = Books(period.first, period.last).by_key(Kind.SALES).values()
    return Conversion(counted[CART], counted[CHECKOUT], sum(sums.orders for sums in placed))
