"""The few figures at a report's head, each with the period before and how it comes about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...money import money, percent
from ...reports.left_behind import Conversion
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
    to = asked.links(asked.key(Kind.SALES))

    def cents(words: str, value: int, before: int, explain: Sequence[str], url: str) -> Tile:
        shown, was = money(value, asked.currency), money(before, asked.currency)
        return Tile(words, shown, was, changed(value, before), url, explain)

    average, average_before = (_average(sums.total_cents, sums.orders) for sums in (now, then))
    return [
        cents("Sold", now.total_cents, then.total_cents, explaining.SOLD, to.sold),
        cents("Given back", now.back_cents, then.back_cents, explaining.BACK, to.back),
        cents("Net", now.net_cents, then.net_cents, explaining.NET, to.net),
        Tile(
            "Orders",
            f"{now.orders:,}",
            f"{then.orders:,}",
            changed(now.orders, then.orders),
            to.sold,
            explaining.ORDERS,
        ),
        cents("Average order", average, average_before, explaining.AVERAGE, to.sold),
        cents("Tax", now.net_tax_cents, then.net_tax_cents, explaining.TAX, to.net),
    ]


def conversion_tiles(asked: Asked, now: Conversion, then: Conversion) -> list[Tile]:
    orders = asked.orders(asked.key(Kind.SALES))
    return [
        Tile(words, f"{count:,}", f"{before:,}", changed(count, before), url, explaining.CONVERSION, of_first)
        for words, count, before, url, of_first in (
            ("Carts begun", now.carts, then.carts, "#report-conversion", None),
            ("Checkouts begun", now.checkouts, then.checkouts, "#report-conversion", now.share(now.checkouts)),
            ("Orders placed", now.orders, then.orders, orders, now.share(now.orders)),
        )
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
