"""Figures of a period: from the days summed up, and worked out afresh for those that changed since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import SQL, Expression, fn

from .booking import book, summed
from .freshness import freshness
from .models import ReportDay, ReportKey
from .periods import Period
from .sums import NUMBERS, Key, Kind, Sums

KEY_COLUMNS = (ReportKey.currency, ReportKey.kind, ReportKey.name, ReportKey.place, ReportKey.rate_ppm)
NUMBER_COLUMNS = tuple(getattr(ReportDay, name) for name in NUMBERS)
_KEYS = len(KEY_COLUMNS)


@dataclass(frozen=True)
class Named:
    """A figure, and what its goods or way of delivery were called last."""

    key: Key
    words: str
    sums: Sums


class Books:
    """The figures between two days, both included. What changed since the last summing up is worked out once; `missing`
    are the days that no figure has yet, because the worker has still to sum them up."""

    def __init__(self, first: date, last: date) -> None:
        self.first, self.last = first, last
        self._state = freshness(first, last)
        self.stale, self.missing = self._state.stale, self._state.missing
        self.entries = book(self.stale)
        self.fresh = summed(self.entries)

    def of(self, first: date, last: date) -> Books:
        """Those of some of their days, without asking again what has changed."""
        found = copy(self)
        found.first, found.last = first, last
        found.entries = [entry for entry in self.entries if first <= entry.day <= last]
        found.fresh = summed(found.entries)
        return found

    def by_day(self, kind: str) -> dict[tuple[date, Key], Sums]:
        found: dict[tuple[date, Key], Sums] = defaultdict(Sums)
        columns = (ReportDay.day, *KEY_COLUMNS, *NUMBER_COLUMNS)
        rows: Iterable[Any] = ReportDay.select(*columns).join(ReportKey).where(self._summed(kind)).tuples()
        for day, *rest in rows:
            found[day, Key(*rest[:_KEYS])].add(Sums(*rest[_KEYS:]))
        for (day, key), sums in self.fresh.items():
            if key.kind == kind:
                found[day, key].add(sums)
        return found

    def by_key(self, kind: str) -> dict[Key, Sums]:
        """Days together."""
        return {each.key: each.sums for each in self.named(kind)}

    def figure(self, key: Key) -> Sums:
        """One figure, days together."""
        found = Sums()
        for _, _, sums in _whole(self._summed(key.kind) & (ReportDay.key == (key_id(key) or 0))):
            found.add(sums)
        for (_, fresh), sums in self.fresh.items():
            if fresh == key:
                found.add(sums)
        return found

    def named(self, kind: str) -> list[Named]:
        """Days together, each figure with its words."""
        return self._with_fresh(kind, _whole(self._summed(kind)))

    def best_goods(self, currency: str, limit: int) -> list[Named]:
        """Those of which most pieces were kept, the best first; `limit` of them."""
        fresh = {key for _, key in self.fresh if key.kind == Kind.GOODS and key.currency == currency}
        # What changed today may lift goods from anywhere, and let as many fall: no more than these.
        best = [*self._ranked(currency, limit + len(fresh)), *_ids(fresh)]
        found = _whole(self._summed(Kind.GOODS) & ReportDay.key.in_(best)) if best else []
        return ranked(each for each in self._with_fresh(Kind.GOODS, found) if each.key.currency == currency)[:limit]

    def summed_days(self, column: Any) -> Expression:
        """The days of the period whose sums stand as they are."""
        found: Expression = (column >= max(self.first, self._state.summed_from)) & (column <= self.last)
        unsummed = self._state.unsummed
        return found & column.not_in(unsummed) if unsummed else found

    def _summed(self, kind: str) -> Expression:
        found: Expression = (ReportDay.kind == kind) & self.summed_days(ReportDay.day)
        return found

    def _ranked(self, currency: str, limit: int) -> list[int]:
        kept = fn.SUM(ReportDay.pieces - ReportDay.back_pieces)
        rows: Any = ReportDay.select(ReportDay.key).where(self._summed(Kind.GOODS)).group_by(ReportDay.key)
        other = ReportKey.select(ReportKey.id).where(ReportKey.kind == Kind.GOODS, ReportKey.currency != currency)
        if other.exists():
            rows = rows.where(ReportDay.key.not_in(other))
        rows = rows.order_by(kept.desc(), fn.SUM(ReportDay.total_cents).desc(), ReportDay.key).limit(limit)
        return [key_id for (key_id,) in rows.tuples()]

    def _with_fresh(self, kind: str, found: Iterable[tuple[Key, str, Sums]]) -> list[Named]:
        together = {key: Named(key, words, sums) for key, words, sums in found}
        latest = sorted((entry for entry in self.entries if entry.part.key.kind == kind), key=lambda each: each.day)
        words = {entry.part.key: entry.part.words for entry in latest}
        for (_, key), sums in self.fresh.items():
            if key.kind == kind:
                so_far = together.get(key)
                whole = so_far.sums if so_far else Sums()
                whole.add(sums)
                together[key] = Named(key, words[key], whole)
        return list(together.values())


def ranked(goods: Iterable[Named]) -> list[Named]:
    return sorted(goods, key=lambda each: (-each.sums.net_pieces, -each.sums.total_cents, each.key.name))


def _whole(where: Expression) -> list[tuple[Key, str, Sums]]:
    """Of each figure, all of these days together."""
    numbers = [fn.SUM(column).alias(name) for name, column in zip(NUMBERS, NUMBER_COLUMNS, strict=True)]
    sums = ReportDay.select(ReportDay.key, *numbers).where(where).group_by(ReportDay.key).alias("sums")
    columns = (*KEY_COLUMNS, ReportKey.words, *(SQL(f'"sums"."{name}"') for name in NUMBERS))
    rows: Iterable[Any] = ReportKey.select(*columns).join(sums, on=(sums.c.key_id == ReportKey.id)).tuples()
    return [(Key(*row[:_KEYS]), row[_KEYS], Sums(*(int(number) for number in row[_KEYS + 1 :]))) for row in rows]


def _ids(wanted: Collection[Key]) -> list[int]:
    if not wanted:
        return []
    rows: Iterable[Any] = (
        ReportKey.select(ReportKey.id, *KEY_COLUMNS)
        .where(ReportKey.kind == Kind.GOODS, ReportKey.name.in_({key.name for key in wanted}))
        .tuples()
    )
    return [row[0] for row in rows if Key(*row[1:]) in wanted]


def key_id(key: Key) -> int | None:
    """Of a figure that was ever summed up."""
    same = [getattr(ReportKey, name) == getattr(key, name) for name in Key._fields]
    found: int | None = ReportKey.select(ReportKey.id).where(*same).scalar()
    return found


def beside(period: Period) -> tuple[Books, Books]:
    """The books of a period and of the one before it."""
    before = period.before
    both = Books(min(before.first, period.first), max(before.last, period.last))
    return both.of(period.first, period.last), both.of(before.first, before.last)
