"""Summing up days, by the worker."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from time import monotonic
from typing import Any

from peewee import fn

from .. import clock, jobs
from ..config import settings
from ..days import begin_of, day_of
from ..db import db, taken
from ..orders.models import Order, Refund
from .booking import book
from .calendar import ONE, stretches
from .models import ReportMark, ReportVisit, ReportZone
from .periods import EARLIEST
from .reading import in_any
from .writing import write

ORDERS_AT_A_TIME, DAYS_AT_A_TIME = 250, 31
MARKS_AT_A_TIME = 500
VISITS_AT_A_TIME = 5000
# Other jobs wait for no longer than this; then it goes on by itself.
SECONDS_AT_A_TIME = 10
JOB = "sum up days"


def sum_up(seconds: float = SECONDS_AT_A_TIME) -> int:
    """Sum up every day that changed, and of a shop that never did all days, the newest first; how many days.

    After so many seconds it leaves the rest for a next time, which comes at once. A change that comes meanwhile leaves
    its mark.
    """
    _begin_zone()
    end, count = monotonic() + seconds, 0
    for days in _slices():
        _sum_up(days)
        count += len(days)
        if monotonic() > end:
            jobs.kick(JOB)
            return count
    _merge_visits()
    return count


def _begin_zone() -> None:
    """Days are others in another time zone: then everything is summed up anew."""
    zone = settings().time_zone
    if ReportZone.select(ReportZone.zone).scalar() == zone:
        return
    with db.atomic():
        ReportZone.delete().execute()
        ReportZone.create(zone=zone)


def _slices() -> Iterator[list[date]]:
    """Days that are summed up together: what changed comes before what never was."""
    summed_from = ReportZone.select(ReportZone.summed_from).scalar()
    if summed_from is not None:
        marked = sorted((day for day in _marks() if day >= summed_from), reverse=True)
        for start in range(0, len(marked), 2):
            yield sorted(marked[start : start + 2])
    else:
        summed_from = _after_everything()
    while summed_from > EARLIEST:
        first = _slice_before(summed_from)
        yield [date.fromordinal(number) for number in range(first.toordinal(), summed_from.toordinal())]
        summed_from = first


def _after_everything() -> date:
    moments = [fn.MAX(column) for column in (Order.placed_at, Order.cancelled_at)]
    of_orders: Any = Order.select(*moments).tuples().get()
    latest = (*of_orders, Refund.select(fn.MAX(Refund.decided_at)).scalar(), clock.now())
    return max(day_of(at) for at in latest if at is not None) + ONE


def _slice_before(end: date) -> date:
    """The first day of the next slice: all there is, once no order is older. Days without any are no work."""
    older = Order.select(Order.placed_at).where(Order.placed_at < begin_of(end)).order_by(Order.placed_at.desc())
    newest: Any = older.limit(1).scalar()
    if newest is None:
        return EARLIEST
    last_of_slice: Any = older.offset(ORDERS_AT_A_TIME).limit(1).scalar()
    first = day_of(last_of_slice) + ONE if last_of_slice is not None else EARLIEST
    return min(max(first, min(end - timedelta(days=DAYS_AT_A_TIME), day_of(newest))), end - ONE)


def _sum_up(days: Sequence[date]) -> None:
    """The marks are read before the orders: what is not seen here has one that stays."""
    with db.atomic():
        summed_from = _take_turn()
        marks = _marks(set(days))
        write(book(days), days)
        read = [mark for of_day in marks.values() for mark in of_day]
        for start in range(0, len(read), MARKS_AT_A_TIME):
            ReportMark.delete().where(ReportMark.id.in_(read[start : start + MARKS_AT_A_TIME])).execute()
        if summed_from is None or days[0] < summed_from <= days[-1] + ONE:
            ReportZone.update(summed_from=days[0]).execute()


def _take_turn() -> date | None:
    """One at a time: whoever comes second must not write what it read before the first one wrote. From which day on all
    is summed up."""
    zone = ReportZone.select(ReportZone.summed_from)
    found: date | None = taken(zone).scalar()
    return found


def _marks(days: set[date] | None = None) -> dict[date, list[int]]:
    marks = ReportMark.select(ReportMark.id, ReportMark.at)
    if days is not None:
        marks = marks.where(in_any(ReportMark.at, stretches(days)))
    rows: Iterable[Any] = marks.tuples()
    found: dict[date, list[int]] = defaultdict(list)
    for mark_id, at in rows:
        day = day_of(at)
        if days is None or day in days:
            found[day].append(mark_id)
    return found


def _merge_visits() -> None:
    """One row for each quarter of an hour that is over, which is never in two days of any time zone."""
    over = clock.now() - timedelta(hours=1)
    single: Iterable[Any] = list(
        ReportVisit.select()
        .where(ReportVisit.quantity == 1, ReportVisit.at < over)
        # The newest first: a row that is alone in its quarter stays, and must not keep others waiting.
        .order_by(ReportVisit.id.desc())
        .limit(VISITS_AT_A_TIME)
    )
    together: dict[tuple[str, Any], list[ReportVisit]] = defaultdict(list)
    for row in single:
        together[row.kind, row.at.replace(minute=row.at.minute // 15 * 15, second=0, microsecond=0)].append(row)
    for (kind, at), rows in together.items():
        if len(rows) > 1:
            with db.atomic():
                ids = [row.id for row in rows]
                ReportVisit.delete().where(ReportVisit.id.in_(ids)).execute()
                ReportVisit.create(kind=kind, at=at, quantity=len(rows))
