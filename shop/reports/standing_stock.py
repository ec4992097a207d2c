"""What lies on the shelf, and what it would bring at today's prices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import Expression, fn

from ..catalogue.models import Product, ProductState, Variant

SHOWN_AT_MOST = 100


@dataclass(frozen=True)
class Shelf:
    """One product's stock; `value_cents` is at the price it sells for now."""

    product_id: int
    name: str
    state: str
    on_hand: int
    held: int
    value_cents: int


@dataclass(frozen=True)
class StockValue:
    products: Sequence[Shelf]
    count: int
    on_hand: int
    held: int
    value_cents: int


@dataclass(frozen=True)
class OnShelf:
    """One variant that is there."""

    id: int
    options: str
    sku: str
    price_cents: int
    on_hand: int
    held: int

    @property
    def value_cents(self) -> int:
        return self.on_hand * self.price_cents


@dataclass(frozen=True)
class ShelfOf:
    name: str
    variants: Sequence[OnShelf]


def stock_value(limit: int | None = SHOWN_AT_MOST) -> StockValue:
    """The worthiest products first, and all of them together."""
    is_there = _is_there()
    on_hand, held = fn.SUM(Variant.on_hand), fn.SUM(Variant.held)
    value = fn.SUM(Variant.on_hand * Variant.price_cents)
    whole: Any = (
        Variant.select(fn.COUNT(Product.id.distinct()), on_hand, held, value)
        .join(Product)
        .where(is_there)
        .tuples()
        .get()
    )
    rows: Iterable[Any] = (
        Variant.select(Product.id, Product.name, Product.state, on_hand, held, value)
        .join(Product)
        .where(is_there)
        .group_by(Product.id, Product.name, Product.state)
        .order_by(value.desc(), Product.id)
        .limit(limit)
        .tuples()
    )
    products = [Shelf(*row[:3], *(int(number) for number in row[3:])) for row in rows]
    return StockValue(products, *(int(number or 0) for number in whole))


def _is_there() -> Expression:
    found: Expression = (Variant.on_hand != 0) & (Product.state != ProductState.ARCHIVED) & ~Variant.is_archived
    return found


def _options(variant: Variant) -> str:
    return " / ".join(filter(None, (variant.option1, variant.option2, variant.option3)))


def shelf(product_id: int) -> ShelfOf | None:
    """What of a product is in the stock's value."""
    product = Product.get_or_none(Product.id == product_id)
    if product is None:
        return None
    rows = Variant.select().join(Product).where(_is_there(), Product.id == product_id).order_by(Variant.id)
    return ShelfOf(
        product.name,
        [OnShelf(row.id, _options(row), row.sku, row.price_cents, row.on_hand, row.held) for row in rows],
    )
