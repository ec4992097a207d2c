"""The demo shop, Fern & Strap: what a first start puts on its empty shelves."""

from __future__ import annotations

from collections.abc import Callable

from .goods import seed_products
from .pricing import seed_delivery, seed_discount, seed_taxes

SEEDS: tuple[Callable[[], object], ...] = (seed_products, seed_delivery, seed_taxes, seed_discount)


def seed() -> None:
    """Fill an empty shop, in the order of SEEDS."""
    for fill in SEEDS:
        fill()
