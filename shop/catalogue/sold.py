"""Goods as the desk looks them up to put them into an order."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from .models import Product, ProductState, Variant
from .queries import SaleVariant, variants_for_sale
from .search import WORDS_AT_MOST


def sold_goods(search: str, *, most: int) -> list[SaleVariant]:
    """What is for sale and has each of these words in its name, an option or its SKU, by name; those with exactly this
    SKU come first."""
    words = search.split()[:WORDS_AT_MOST]
    if not words:
        return []
    rows: Iterable[Any] = (
        Variant.select(Variant.id)
        .join(Product)
        .where(Product.state == ProductState.ACTIVE, ~Variant.is_archived, *(_has(word) for word in words))
        .order_by((Variant.sku == search).desc(), Product.name, Variant.position, Variant.id)
        .limit(most)
        .tuples()
    )
    ids = [variant_id for (variant_id,) in rows]
    known = variants_for_sale(ids)
    return [known[variant_id] for variant_id in ids]


def _has(word: str) -> Any:
    fields = (Variant.sku, Product.name, Variant.option1, Variant.option2, Variant.option3)
    return reduce(or_, (field.contains(word) for field in fields))
