"""The day an order is promised for, where its way of delivery goes on fixed days."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from ..days import day_of
from .models import DeliveryMethod

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def promised_day(code: str, at: datetime) -> date | None:
    """The first round of the method with this code that an order placed then can go with; None when it has no days."""
    method = DeliveryMethod.get_or_none(DeliveryMethod.code == code)
    return None if method is None else next_round(method, day_of(at))


def next_round(method: DeliveryMethod, ordered: date) -> date | None:
    """The same by the day of the order, as the shop's calendar says."""
    goes = {WEEKDAYS.index(word) for word in method.weekdays.split() if word in WEEKDAYS}
    earliest = ordered + timedelta(days=method.lead_days)
    week = (earliest + timedelta(days=more) for more in range(len(WEEKDAYS)))
    return next((day for day in week if day.weekday() in goes), None)
