"""The demo shop, Fern & Strap: what a first start puts on its empty shelves."""

from __future__ import annotations

from collections.abc import Callable

from .goods import seed_products

SEEDS: tuple[Callable[[], object], ...] = (seed_products,)


def seed() -> None:
    """Fill an empty shop, in the order of SEEDS."""
    for fill in SEEDS:
        fill()
