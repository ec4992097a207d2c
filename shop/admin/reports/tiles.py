"""The few figures at a report's head, each with the period before and how it comes about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...money import money, percent
from ...reports.series import Series
from ...reports.sums import Kind
from . import explaining
from .asking import Asked


@dataclass(frozen=True)
class Tile:
    """`change` is in words, against the period before; nothing where that had none."""

    words: str
    shown: str
    before: str = ""
    change: str = ""
    url: str = ""
    explain: Sequence[str] = ()
    # Of the first tile's figure, in parts per million.
    of_first: int | None = None


def sales_tiles(asked: Asked, series: Series) -> list[Tile]:
    now, then = series.whole, series.whole_before
    sales = asked.key(Kind.SALES)

    def cents(words: str, value: int, before: int, explain: Sequence[str], url: str = "") -> Tile:
        shown, was = money(value, asked.currency), money(before, asked.currency)
        return Tile(words, shown, was, changed(value, before), url, explain)

    return [
        cents("Sold", now.total_cents, then.total_cents, explaining.SOLD, asked.orders(sales)),
        cents("Given back", now.back_cents, then.back_cents, explaining.BACK, asked.orders(sales, is_back=True)),
        cents("Net", now.net_cents, then.net_cents, explaining.NET),
        Tile(
            "Orders",
            f"{now.orders:,}",
            f"{then.orders:,}",
            changed(now.orders, then.orders),
            asked.orders(sales),
            explaining.ORDERS,
        ),
        cents(
            "Average order",
            _average(now.total_cents, now.orders),
            _average(then.total_cents, then.orders),
            explaining.AVERAGE,
        ),
        cents("Tax", now.net_tax_cents, then.net_tax_cents, explaining.TAX),
    ]


def _average(cents: int, orders: int) -> int:
    return round(cents / orders) if orders else 0


def changed(now: int, before: int) -> str:
    """Whole percent, with its sign in words that a screen reader says too."""
    if before <= 0:
        return ""
    points = round((now - before) * 100 / before)
    if not points:
        return "as before"
    return f"{'up' if points > 0 else 'down'} {percent(abs(points) * 10_000)}"
