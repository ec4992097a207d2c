"""Figures of a period: from the days summed up, and worked out afresh for those that changed since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from peewee import fn

from ..config import settings
from .booking import Cells, book
from .calendar import day_of, stretch
from .models import ReportDay, ReportMark, ReportVisit, ReportZone
from .sums import NUMBERS, Key, Sums

KEY_COLUMNS = (
    ReportDay.currency, ReportDay.kind, ReportDay.name, ReportDay.detail, ReportDay.place, ReportDay.rate_ppm,
)  # fmt: skip
NUMBER_COLUMNS = tuple(getattr(ReportDay, name) for name in NUMBERS)
CART, CHECKOUT = "cart", "checkout"


class Books:
    """The figures between two days, both included. What changed since the last summing up is worked out once."""

    def __init__(self, first: date, last: date) -> None:
        self.first, self.last = first, last
        self.stale = stale_days(first, last)
        self.fresh: Cells = book(self.stale)

    def by_day(self, kind: str) -> dict[tuple[date, Key], Sums]:
        found: dict[tuple[date, Key], Sums] = defaultdict(Sums)
        rows = self._summed(kind, ReportDay.day, *KEY_COLUMNS, *NUMBER_COLUMNS)
        for day, *rest in rows.tuples():
            found[day, Key(*rest[: len(KEY_COLUMNS)])].add(Sums(*rest[len(KEY_COLUMNS) :]))
        for (day, key), sums in self.fresh.items():
            if key.kind == kind:
                found[day, key].add(sums)
        return found

    def by_key(self, kind: str) -> dict[Key, Sums]:
        """Days together. Goods go by their SKU, under the name that sorts last."""
        found: dict[Key, Sums] = defaultdict(Sums)
        numbers = [fn.SUM(column) for column in NUMBER_COLUMNS]
        rows = self._summed(kind, *KEY_COLUMNS, *numbers).group_by(*KEY_COLUMNS)
        for row in rows.tuples():
            found[Key(*row[: len(KEY_COLUMNS)])].add(Sums(*(int(number) for number in row[len(KEY_COLUMNS) :])))
        for (_, key), sums in self.fresh.items():
            if key.kind == kind:
                found[key].add(sums)
        return found

    def _summed(self, kind: str, *columns: Any) -> Any:
        rows = ReportDay.select(*columns).where(
            ReportDay.kind == kind, ReportDay.day >= self.first, ReportDay.day <= self.last
        )
        if self.is_all_stale:
            return rows.where(ReportDay.id < 0)
        return rows.where(ReportDay.day.not_in(sorted(self.stale))) if self.stale else rows

    @property
    def is_all_stale(self) -> bool:
        return len(self.stale) == (self.last - self.first).days + 1


def stale_days(first: date, last: date) -> set[date]:
    """The days from `first` to `last` that the sums do not hold as they are now."""
    if ReportZone.select(ReportZone.zone).scalar() != settings().time_zone:
        return {first + timedelta(days=number) for number in range((last - first).days + 1)}
    begin, end = stretch(first, last)
    marks: Iterable[Any] = (
        ReportMark.select(ReportMark.at).distinct().where(ReportMark.at >= begin, ReportMark.at < end)
    )
    return {day_of(mark.at) for mark in marks}


def visits(first: date, last: date) -> dict[str, int]:
    """How many carts were begun and how many checkouts."""
    begin, end = stretch(first, last)
    rows: Iterable[Any] = (
        ReportVisit.select(ReportVisit.kind, fn.SUM(ReportVisit.quantity))
        .where(ReportVisit.kind.in_([CART, CHECKOUT]), ReportVisit.at >= begin, ReportVisit.at < end)
        .group_by(ReportVisit.kind)
        .tuples()
    )
    counted = {kind: int(quantity) for kind, quantity in rows}
    return {kind: counted.get(kind, 0) for kind in (CART, CHECKOUT)}
