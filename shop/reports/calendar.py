"""Days, weeks and months as the shop's clock and its locale have them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from babel import Locale

from ..config import settings
from ..days import begin_of

ONE = timedelta(days=1)
RANGES_AT_MOST = 40
# A stretch of moments in UTC: from, and up to but not including.
Stretch = tuple[datetime, datetime]


def stretch(first: date, last: date) -> Stretch:
    """The moments of all days from `first` to `last`, both included."""
    return begin_of(first), begin_of(last + ONE)


def stretches(days: Collection[date]) -> list[Stretch]:
    """The moments of these days, neighbours joined. Of very many apart from each other it is all from first to last."""
    found: list[list[date]] = []
    for day in sorted(days):
        if found and found[-1][1] + ONE == day:
            found[-1][1] = day
        else:
            found.append([day, day])
    if len(found) > RANGES_AT_MOST:
        found = [[found[0][0], found[-1][1]]]
    return [stretch(first, last) for first, last in found]


def week_of(day: date) -> date:
    """The first day of its week, as the shop's locale begins weeks."""
    begins = int(Locale.parse(settings().locale).first_week_day)
    return day - timedelta(days=(day.weekday() - begins) % 7)


def month_of(day: date) -> date:
    return day.replace(day=1)


def month_after(day: date, months: int = 1) -> date:
    """The first day of the month that many after, or before, this day's."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
