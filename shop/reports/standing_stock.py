"""What lies on the shelf, and what it would bring at today's prices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import fn

from ..catalogue.models import Product, ProductState, Variant

SHOWN_AT_MOST = 100


@dataclass(frozen=True)
class Shelf:
    """One product's stock; `value_cents` is at the price it sells for now."""

    product_id: int
    name: str
    slug: str
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


def stock_value(limit: int | None = SHOWN_AT_MOST) -> StockValue:
    """The worthiest products first, and all of them together."""
    is_there = (Variant.on_hand != 0) & (Product.state != ProductState.ARCHIVED) & ~Variant.is_archived
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
        Variant.select(Product.id, Product.name, Product.slug, Product.state, on_hand, held, value)
        .join(Product)
        .where(is_there)
        .group_by(Product.id, Product.name, Product.slug, Product.state)
        .order_by(value.desc(), Product.id)
        .limit(limit)
        .tuples()
    )
    products = [Shelf(*row[:4], *(int(number) for number in row[4:])) for row in rows]
    return StockValue(products, *(int(number or 0) for number in whole))
