"""Days as the desk types them, in the shop's own time zone."""

from __future__ import annotations

from datetime import date, datetime, time

from ..config import settings


def start_of_day(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=settings().zone)


def end_of_day(day: date) -> datetime:
    """Its last second."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=settings().zone)


def day_of(at: datetime) -> date:
    """The day on which something happened, by the shop's clock."""
    return at.astimezone(settings().zone).date()
