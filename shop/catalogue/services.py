"""What changes the catalogue: each change in one transaction with its summaries, its search text and the version."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from peewee import Function, fn

from ..db import db, is_sqlite
from . import search
from .measures import unit_price_cents
from .models import CatalogueVersion, Product, Variant

# Any number will do, as long as nothing else in the shop takes the same one.
_TURN = 7_326_001


@contextmanager
def changing() -> Iterator[None]:
    """A transaction that changes products or stock; one at a time, so that two of them never deadlock.

    SQLite's writers queue anyway. On PostgreSQL a lock that ends with the transaction does the same for these alone.
    """
    with db.atomic():
        if not is_sqlite():
            db.execute_sql("SELECT pg_advisory_xact_lock(%s)", (_TURN,))
        yield


def bump_version() -> None:
    """Say that pages of the catalogue have changed, in the caller's transaction."""
    (
        CatalogueVersion.insert(id=1, number=2)
        .on_conflict(
            conflict_target=[CatalogueVersion.id],
            update={CatalogueVersion.number: CatalogueVersion.number + 1},
        )
        .execute()
    )


def product_changed(product_id: int) -> None:
    """To be called after every change to a product, its variants or its places, in the same transaction."""
    products_changed([product_id])


def products_changed(product_ids: Sequence[int]) -> None:
    """The same for several at once, in a fixed number of statements."""
    summarise(*product_ids)
    search.index_products(product_ids)
    bump_version()


def summarise(*product_ids: int) -> None:
    """Bring the products' prices and stock, as lists show them, in line with their variants."""
    products = list(Product.select(Product.id, Product.measure).where(Product.id.in_(product_ids)))
    sold: dict[int, list[Variant]] = {product.id: [] for product in products}
    listed = Variant.select().where(Variant.product.in_(product_ids), ~Variant.is_archived)
    for variant in listed.order_by(Variant.price_cents, Variant.position):
        sold[variant.product_id].append(variant)
    for product in products:
        Product.update(_summary(product, sold[product.id])).where(Product.id == product.id).execute()


def _summary(product: Product, variants: Sequence[Variant]) -> dict[str, int | None]:
    """`variants` are those for sale, the cheapest first."""
    cheapest = variants[0] if variants else Variant(price_cents=0)
    return {
        "price_from_cents": cheapest.price_cents,
        "price_to_cents": variants[-1].price_cents if variants else 0,
        "compare_at_cents": cheapest.compare_at_cents,
        "unit_price_cents": unit_price_cents(cheapest.price_cents, product.measure, cheapest.measure_amount),
        "choices": len(variants),
        "available": sum(variant.on_hand - variant.held for variant in variants),
    }


def available_of(product_id: int) -> Function:
    """How many pieces of a product can be sold, over all its variants, as SQL."""
    left = Variant.select(fn.SUM(Variant.on_hand - Variant.held))
    return fn.COALESCE(left.where(Variant.product == product_id, ~Variant.is_archived), 0)
