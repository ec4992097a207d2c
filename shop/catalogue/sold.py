"""Goods as the desk looks them up to put them into an order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .models import Product, ProductState, Variant
from .queries import SaleVariant, variants_for_sale


def sold_goods(search: str, *, most: int) -> list[SaleVariant]:
    """What is for sale and has this in its name or SKU, by name; those with exactly this SKU come first."""
    words = search.split()
    if not words:
        return []
    called = [Variant.sku.contains(word) | Product.name.contains(word) for word in words]
    rows: Iterable[Any] = (
        Variant.select(Variant.id)
        .join(Product)
        .where(Product.state == ProductState.ACTIVE, ~Variant.is_archived, *called)
        .order_by((Variant.sku == search).desc(), Product.name, Variant.id)
        .limit(most)
        .tuples()
    )
    ids = [variant_id for (variant_id,) in rows]
    known = variants_for_sale(ids)
    return [known[variant_id] for variant_id in ids]
