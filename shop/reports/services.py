"""Summing up days, by the worker."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from .. import clock
from ..config import settings
from ..db import db, is_sqlite
from ..orders.models import Order, Refund
from .booking import Cells, book, in_any
from .calendar import day_of, stretches
from .models import ReportDay, ReportMark, ReportVisit, ReportZone
from .sums import NUMBERS

DAYS_AT_A_TIME, MARKS_AT_A_TIME, ROWS_AT_A_TIME = 2, 500, 200
JOB = "sum up days"


def sum_up() -> int:
    """Sum up every day that changed; how many. A change that comes meanwhile leaves its mark for the next time."""
    _begin_zone()
    days = sorted(_marks())
    for start in range(0, len(days), DAYS_AT_A_TIME):
        _sum_up(set(days[start : start + DAYS_AT_A_TIME]))
    _merge_visits()
    return len(days)


def _begin_zone() -> None:
    """Days are others in another time zone: then everything that was summed up is summed up anew."""
    zone = settings().time_zone
    if ReportZone.select(ReportZone.zone).scalar() == zone:
        return
    with db.atomic():
        ReportDay.delete().execute()
        for column in (Order.placed_at, Order.cancelled_at, Refund.decided_at):
            moments = column.model.select(column).where(column.is_null(False))
            ReportMark.insert_from(moments, [ReportMark.at]).execute()
        ReportZone.delete().execute()
        ReportZone.create(zone=zone)


def _sum_up(days: set[date]) -> None:
    """The marks are read before the orders: what is not seen here has one that stays."""
    with db.atomic():
        _take_turn()
        marks = _marks(days)
        _write(book(days), days)
        read = [mark for of_day in marks.values() for mark in of_day]
        for start in range(0, len(read), MARKS_AT_A_TIME):
            ReportMark.delete().where(ReportMark.id.in_(read[start : start + MARKS_AT_A_TIME])).execute()


def _take_turn() -> None:
    """One at a time: whoever comes second must not write what it read before the first one wrote."""
    if not is_sqlite():
        ReportZone.select().for_update().execute()


def _marks(days: set[date] | None = None) -> dict[date, list[int]]:
    marks = ReportMark.select(ReportMark.id, ReportMark.at)
    if days is not None:
        marks = marks.where(in_any(ReportMark.at, stretches(days)))
    rows: Iterable[Any] = marks.tuples()
    found: dict[date, list[int]] = defaultdict(list)
    for mark_id, at in rows:
        if days is None or day_of(at) in days:
            found[day_of(at)].append(mark_id)
    return found


def _write(cells: Cells, days: set[date]) -> None:
    rows = [
        {"day": day, **key._asdict(), **{name: getattr(sums, name) for name in NUMBERS}}
        for (day, key), sums in cells.items()
    ]
    ReportDay.delete().where(ReportDay.day.in_(sorted(days))).execute()
    for start in range(0, len(rows), ROWS_AT_A_TIME):
        ReportDay.insert_many(rows[start : start + ROWS_AT_A_TIME]).execute()


def _merge_visits() -> None:
    """One row for each quarter of an hour that is over, which is never in two days of any time zone."""
    over = clock.now() - timedelta(hours=1)
    single: Iterable[Any] = list(
        ReportVisit.select()
        .where(ReportVisit.quantity == 1, ReportVisit.at < over)
        .order_by(ReportVisit.id)
        .limit(5000)
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
