"""Carts that nobody came back to, and how many carts become orders: counted, without following anybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from peewee import SQL, Case, Expression, fn

from .. import clock
from ..cart.models import Cart, CartLine
from ..catalogue.models import Product, Variant
from ..checkout.models import CheckoutDraft
from ..days import begin_of, day_of
from .booking import CART, CHECKOUT
from .periods import Bucket, Grain, Period, bucket_start
from .queries import Books
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
class LeftDay:
    """The carts that were last touched on a day."""

    day: date
    carts: int
    pieces: int
    cents: int


@dataclass(frozen=True)
class Conversion:
    """How many carts were begun in some days, how many checkouts, how many orders placed."""

    carts: int
    checkouts: int
    orders: int

    def share(self, count: int) -> int:
        """Of the carts, in parts per million, to a tenth of a percent."""
        return round(count * 1000 / self.carts) * 1000 if self.carts else 0


def left_behind() -> LeftBehind:
    is_left = _is_left()
    pieces, cents = _worth()
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


def _is_left() -> Expression:
    """What staff write down for somebody is no cart that anybody walked away from."""
    taken = CheckoutDraft.select(CheckoutDraft.cart).where(CheckoutDraft.taken_by.is_null(False))
    found: Expression = (Cart.touched_at < clock.now() - LEFT_AFTER) & CartLine.removed_at.is_null()
    return found & Cart.id.not_in(taken)


def left_days(variant_id: int | None) -> list[LeftDay]:
    """When the carts that are left behind were last touched, the latest day first: all, or those with some goods."""
    is_meant = _is_left() if variant_id is None else _is_left() & (CartLine.variant == variant_id)
    lines = CartLine.select().join(Cart).where(is_meant)
    oldest: datetime | None = lines.select(fn.MIN(Cart.touched_at)).scalar()
    if oldest is None:
        return []
    days = _days_since(oldest)
    day = Case(None, [(Cart.touched_at >= begin_of(each), number) for number, each in enumerate(days)])
    counted = (fn.COUNT(Cart.id.distinct()), *_worth())
    rows: Iterable[Any] = lines.select(day, *counted).group_by(SQL("1")).order_by(SQL("1")).tuples()
    return [LeftDay(days[number], *(int(count) for count in counts)) for number, *counts in rows]


def _days_since(moment: datetime) -> list[date]:
    """From today back to the day of that moment."""
    first, last = day_of(moment).toordinal(), day_of(clock.now()).toordinal()
    return [date.fromordinal(number) for number in range(last, first - 1, -1)]


def _worth() -> tuple[Any, Any]:
    """Pieces, and what they would have cost."""
    return fn.SUM(CartLine.quantity), fn.SUM(CartLine.quantity * CartLine.seen_price_cents)


def conversion(books: Books) -> Conversion:
    """Of all the books' days."""
    begun = {key.name: sums.orders for key, sums in books.by_key(Kind.VISITS).items()}
    placed = sum(sums.orders for sums in books.by_key(Kind.SALES).values())
    return Conversion(begun.get(CART, 0), begun.get(CHECKOUT, 0), placed)


def conversions(books: Books, period: Period, grain: Grain) -> list[tuple[Bucket, Conversion]]:
    """The same in days, weeks or months."""
    counted = Counter[tuple[date, str]]()
    for kind in (Kind.VISITS, Kind.SALES):
        for (day, key), sums in books.by_day(kind).items():
            counted[bucket_start(day, period.first, grain), key.name] += sums.orders
    return [
        (bucket, Conversion(*(counted[bucket.first, name] for name in (CART, CHECKOUT, ""))))
        for bucket in period.buckets(grain)
    ]
