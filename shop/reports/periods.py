"""Periods to look at: today, this month, any two days; the period before each; and the buckets a chart has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from babel.dates import format_date, format_skeleton

from ..config import settings
from .calendar import ONE, month_after, month_of, week_of

# Beyond these a chart of days, of weeks or of months is no longer read.
DAYS_AT_MOST, WEEKS_AT_MOST, MONTHS_AT_MOST = 62, 60, 36
EARLIEST, LATEST = date(2000, 1, 1), date(2200, 12, 31)


class Grain(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True)
class Bucket:
    """Some days of a period together; the first and the last of a period may be cut short by it."""

    first: date
    last: date
    grain: Grain

    @property
    def words(self) -> str:
        locale = settings().locale
        if self.grain == Grain.DAY:
            return str(format_skeleton("EEEMMMd", self.first, locale=locale))
        if self.grain == Grain.MONTH and self.first.day == 1 and (self.last + ONE).day == 1:
            return str(format_skeleton("yMMMM", self.first, locale=locale))
        if self.grain == Grain.YEAR:
            is_whole = (self.first.month, self.first.day) == (1, 1) and (self.last.month, self.last.day) == (12, 31)
            return str(self.first.year) if is_whole else Period(self.first, self.last).words
        return f"{_short(self.first)} – {_short(self.last)}" if self.first != self.last else _short(self.first)

    @property
    def label(self) -> str:
        """As short as a chart's axis wants it."""
        if self.grain == Grain.YEAR:
            return str(self.first.year)
        skeleton = "MMM" if self.grain == Grain.MONTH else "MMMd"
        return str(format_skeleton(skeleton, self.first, locale=settings().locale))


@dataclass(frozen=True)
class Period:
    """All days from `first` to `last`, both included. `name` is the preset's, or empty for two days as typed."""

    first: date
    last: date
    name: str = ""
    before_first: date | None = None
    before_last: date | None = None

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def words(self) -> str:
        long = settings().locale
        first = str(format_date(self.first, "medium", locale=long))
        return first if self.first == self.last else f"{first} – {format_date(self.last, 'medium', locale=long)}"

    @property
    def before(self) -> Period:
        """What it is compared with: as many days just before it, or the same days of the month or year before."""
        if self.before_first and self.before_last:
            return Period(self.before_first, self.before_last)
        return Period(self.first - timedelta(days=self.days), self.first - ONE)

    @property
    def grains(self) -> list[Grain]:
        """Those that its chart can be read in."""
        fits = {
            Grain.DAY: self.days <= DAYS_AT_MOST,
            Grain.WEEK: 7 < self.days <= WEEKS_AT_MOST * 7,
            Grain.MONTH: 31 < self.days <= MONTHS_AT_MOST * 31,
            Grain.YEAR: self.days > 366,
        }
        return [grain for grain in Grain if fits[grain]] or [Grain.DAY]

    def buckets(self, grain: Grain) -> list[Bucket]:
        return list(_buckets(self.first, self.last, grain))


def _buckets(first: date, last: date, grain: Grain) -> Iterator[Bucket]:
    begin = first
    while begin <= last:
        end = min(_end_of(begin, grain), last)
        yield Bucket(begin, end, grain)
        begin = end + ONE


def bucket_start(day: date, first: date, grain: Grain) -> date:
    """The first day of the bucket that holds `day`, in a period that begins at `first`."""
    if grain == Grain.DAY:
        return day
    if grain == Grain.YEAR:
        return max(first, day.replace(month=1, day=1))
    return max(first, week_of(day) if grain == Grain.WEEK else month_of(day))


def _end_of(day: date, grain: Grain) -> date:
    if grain == Grain.WEEK:
        return week_of(day) + timedelta(days=6)
    if grain == Grain.YEAR:
        return day.replace(month=12, day=31)
    return month_after(day) - ONE if grain == Grain.MONTH else day


def _short(day: date) -> str:
    return str(format_skeleton("MMMd", day, locale=settings().locale))


def _last_days(count: int) -> Callable[[date], Period]:
    return lambda today: Period(today - timedelta(days=count - 1), today)


def _this_week(today: date) -> Period:
    first = week_of(today)
    return Period(first, today, before_first=first - timedelta(days=7), before_last=today - timedelta(days=7))


def _this_month(today: date) -> Period:
    first, before = month_of(today), month_after(today, -1)
    last_before = min(before + (today - first), first - ONE)
    return Period(first, today, before_first=before, before_last=last_before)


def _last_month(today: date) -> Period:
    first = month_after(today, -1)
    return Period(first, month_of(today) - ONE, before_first=month_after(first, -1), before_last=first - ONE)


def _this_year(today: date) -> Period:
    first, before = date(today.year, 1, 1), date(today.year - 1, 1, 1)
    return Period(first, today, before_first=before, before_last=_a_year_before(today))


def _last_year(today: date) -> Period:
    first, before = date(today.year - 1, 1, 1), date(today.year - 2, 1, 1)
    return Period(first, date(today.year - 1, 12, 31), before_first=before, before_last=first - ONE)


def _twelve_months(today: date) -> Period:
    first = _a_year_before(today) + ONE
    return Period(first, today, before_first=_a_year_before(first), before_last=first - ONE)


def _a_year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


PRESETS: dict[str, tuple[str, Callable[[date], Period]]] = {
    "today": ("Today", lambda today: Period(today, today)),
    "yesterday": ("Yesterday", lambda today: Period(today - ONE, today - ONE)),
    "week": ("This week", _this_week),
    "7-days": ("Last 7 days", _last_days(7)),
    "30-days": ("Last 30 days", _last_days(30)),
    "month": ("This month", _this_month),
    "last-month": ("Last month", _last_month),
    "year": ("This year", _this_year),
    "12-months": ("Last 12 months", _twelve_months),
    "last-year": ("Last year", _last_year),
}
USUAL = "30-days"


def preset(name: str, today: date) -> Period:
    """The period of that name; last 30 days when there is none."""
    name = name if name in PRESETS else USUAL
    found = PRESETS[name][1](today)
    return Period(found.first, found.last, name, found.before_first, found.before_last)
