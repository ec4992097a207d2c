"""The demo shop, Fern & Strap: what a first start puts on its empty shelves."""

from __future__ import annotations

from collections.abc import Callable

SEEDS: tuple[Callable[[], object], ...] = ()


def seed() -> None:
    """Fill an empty shop, in the order of SEEDS."""
    for fill in SEEDS:
        fill()
