"""The list's tabs and days with how many orders each holds, from the tallies: as quick for a million as for ten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import fn

from ...days import today
from ..models import UNPAID_ORDERS, OrderState
from .models import OrderTally
from .state import Tab

DAYS_SHOWN = 14
# What a promised day is still to be kept for.
UNDERWAY = (OrderState.PLACED, OrderState.PACKED, OrderState.PARTLY_SENT, OrderState.SHIPPED)
WORDS = {
    Tab.PACK: "To pack today",
    Tab.SEND: "To send",
    Tab.DAYS: "By day",
    Tab.PROBLEM: "Unpaid or problem",
    Tab.SENT: "Sent",
    Tab.DONE: "Done",
    Tab.ALL: "All",
}


@dataclass(frozen=True)
class TabShown:
    name: str
    words: str
    count: int


@dataclass(frozen=True)
class DayShown:
    day: date
    count: int


@dataclass(frozen=True)
class Counts:
    """`days` are those from today on with something to deliver; `late` is how much the days before have left."""

    tabs: list[TabShown]
    days: list[DayShown]
    late: int


def counts() -> Counts:
    """In one query."""
    key = (OrderTally.state, OrderTally.needs_look, OrderTally.deliver_on)
    rows: Iterable[Any] = OrderTally.select(*key, fn.SUM(OrderTally.count)).group_by(*key).tuples()
    held, days, now = dict.fromkeys(Tab, 0), defaultdict[date, int](int), today()
    for state, needs_look, day, count in rows:
        for tab in tabs_of(OrderState(state), needs_look, day, now):
            held[tab] += int(count)
        if day is not None and state in UNDERWAY:
            days[day] += int(count)
    shown = [DayShown(day, count) for day, count in sorted(days.items()) if count > 0 and day >= now]
    late = sum(count for day, count in days.items() if day < now)
    return Counts([TabShown(tab.value, WORDS[tab], held[tab]) for tab in Tab], shown[:DAYS_SHOWN], late)


def tabs_of(state: OrderState, needs_look: bool, day: date | None, now: date) -> Iterable[Tab]:
    """Which tabs hold an order; the list's conditions in `listing` say the same to the database."""
    yield Tab.ALL
    if needs_look or state in UNPAID_ORDERS:
        yield Tab.PROBLEM
    if day is not None and state in UNDERWAY:
        yield Tab.DAYS
    if state == OrderState.PLACED and (day is None or day <= now):
        yield Tab.PACK
    if state in _BY_STATE:
        yield _BY_STATE[state]


_BY_STATE = {
    OrderState.PACKED: Tab.SEND,
    OrderState.PARTLY_SENT: Tab.SEND,
    OrderState.SHIPPED: Tab.SENT,
    OrderState.DONE: Tab.DONE,
}
