"""Orders with certain goods in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from peewee import SQL, fn

from ...catalogue.models import Product, ProductState, Variant
from ...catalogue.search import matching_ids, understand
from ..models import Order, OrderLine

PRODUCTS_AT_MOST = 200
# What was bought more often than that is found by going through the orders; what is rarer, by its own index.
FEW = 500


def with_product(product_id: int) -> Any:
    return _with(OrderLine.variant.in_(variants_of([product_id])))


def with_goods(text: str) -> Any:
    """By a SKU, as bought or as it is now, or by words of a product's name."""
    return _with(has_sku(text) | OrderLine.variant.in_(variants_of(products_named(text))))


def has_sku(text: str) -> Any:
    return OrderLine.sku.in_({text, text.upper(), text.lower()})


def variants_of(products: Sequence[int]) -> Any:
    return Variant.select(Variant.id).where(Variant.product.in_(products))


def products_named(text: str) -> list[int]:
    """Those on show by the shop's own search; those that are not by a part of their name."""
    wanted, products = understand(text), Product.select(Product.id).limit(PRODUCTS_AT_MOST)
    shown = list(products.where(Product.id.in_(matching_ids(wanted)))) if wanted else []
    hidden = products.where(Product.state != ProductState.ACTIVE, Product.name.contains(text))
    return [product.id for product in (*shown, *hidden)]


def _with(lines: Any) -> Any:
    """A condition that is quick for goods that everybody buys and for those that one customer bought."""
    few = [line.order_id for line in OrderLine.select(OrderLine.order).where(lines).limit(FEW + 1)]
    if len(few) <= FEW:
        return Order.id.in_(few)
    return fn.EXISTS(OrderLine.select(SQL("1")).where(OrderLine.order == Order.id, lines))
