"""Days by the shop's own clock: those that people type, and those on which something happened."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from . import clock
from .config import settings


def today() -> date:
    return day_of(clock.now())


def day_of(moment: datetime) -> date:
    """The day on which something happened."""
    return moment.astimezone(settings().zone).date()


def begin_of(day: date) -> datetime:
    """The first moment of a day; where clocks go forward at midnight that is not midnight."""
    return datetime.combine(day, time(), settings().zone).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """Its last second."""
    return datetime.combine(day, time(23, 59, 59), settings().zone)
