"""Which days' sums stand as they are, which are worked out at once, and which the worker has still to come to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import fn

from ..config import settings
from ..days import begin_of, day_of
from ..orders.models import Order
from .calendar import ONE, Stretch, stretch, stretches
from .models import ReportMark, ReportVisit, ReportZone
from .periods import EARLIEST, LATEST
from .reading import in_any

# Of days with more orders than this nothing is worked out while somebody waits for the page.
ORDERS_AT_ONCE = 2000
MARKS_AT_ONCE = 5000


@dataclass(frozen=True)
class Freshness:
    """Of the days of a period: those from `summed_from` on that are neither `stale` nor `missing` are summed
    up. What is `missing` is in no figure yet."""

    summed_from: date
    stale: frozenset[date]
    missing: frozenset[date]

    @property
    def unsummed(self) -> list[date]:
        """From `summed_from` on."""
        return sorted(day for day in self.stale | self.missing if day >= self.summed_from)


def freshness(first: date, last: date) -> Freshness:
    summed_from = _summed_from(last)
    waiting = _waiting(first, min(summed_from - ONE, last))
    marked = _marked(max(first, summed_from), last)
    missing: frozenset[date] = frozenset()
    if _is_too_much(waiting | marked):
        missing, waiting = waiting, frozenset()
        if not missing or _is_too_much(marked):
            missing, marked = missing | marked, frozenset()
    return Freshness(summed_from, waiting | marked, missing)


def orders_to_sum_up() -> int:
    """How many placed orders are older than what the worker has come to: none, but for a while after a migration or a
    change of the time zone."""
    summed_from = _summed_from(LATEST)
    return Order.select().where(Order.placed_at < begin_of(summed_from)).count() if summed_from > EARLIEST else 0


def _summed_from(last: date) -> date:
    zone: Any = ReportZone.select(ReportZone.zone, ReportZone.summed_from).tuples().first()
    is_ours = zone is not None and zone[0] == settings().time_zone and zone[1] is not None
    return zone[1] if is_ours else last + ONE


def _waiting(first: date, last: date) -> frozenset[date]:
    """The days between that are not summed up, from the shop's first order or cart on."""
    if last < first:
        return frozenset()
    begun = (Order.select(fn.MIN(Order.placed_at)).scalar(), ReportVisit.select(fn.MIN(ReportVisit.at)).scalar())
    days = [day_of(at) for at in begun if at is not None]
    return _days(max(first, min(days)), last) if days else frozenset()


def _days(first: date, last: date) -> frozenset[date]:
    return frozenset(date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1))


def _marked(first: date, last: date) -> frozenset[date]:
    """The days that have changed since they were summed up; where there are very many marks, all days between."""
    if last < first:
        return frozenset()
    begin, end = stretch(first, last)
    within = (ReportMark.at >= begin) & (ReportMark.at < end)
    rows: Iterable[Any] = ReportMark.select(ReportMark.at).where(within).distinct().limit(MARKS_AT_ONCE).tuples()
    marks = [at for (at,) in rows]
    if len(marks) < MARKS_AT_ONCE:
        return frozenset(day_of(at) for at in marks)
    ends: Any = ReportMark.select(fn.MIN(ReportMark.at), fn.MAX(ReportMark.at)).where(within).tuples().get()
    return _days(*(day_of(at) for at in ends))


def _is_too_much(days: frozenset[date]) -> bool:
    if not days:
        return False
    within: list[Stretch] = stretches(days)
    some = Order.select(Order.id).where(in_any(Order.placed_at, within)).limit(ORDERS_AT_ONCE + 1)
    return some.count() > ORDERS_AT_ONCE
