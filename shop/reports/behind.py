"""The orders behind a figure, a page at a time, and what each of them adds to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from .booking import entries_of
from .models import ReportPart
from .periods import Period
from .queries import Books, key_id
from .reading import bought
from .sums import Key, Sums

PER_PAGE = 50


class Side(StrEnum):
    """What was sold, what went back, or what is left: both."""

    SOLD = "sold"
    BACK = "back"
    NET = "net"


@dataclass(frozen=True)
class Wanted:
    """Which figure, in which days."""

    period: Period
    key: Key
    side: Side = Side.SOLD

    @property
    def sides(self) -> Sequence[bool]:
        return {Side.SOLD: (False,), Side.BACK: (True,), Side.NET: (False, True)}[self.side]


class Place(NamedTuple):
    """One order's part of a day's figure, and where to go on from in a list of them."""

    day: date
    order_id: int
    is_back: bool


@dataclass(frozen=True)
class Behind:
    """One order on one day, and its part of the figure."""

    place: Place
    order: Any
    sums: Sums


@dataclass(frozen=True)
class BehindPage:
    """`next` is where to go on from; None at the end."""

    rows: Sequence[Behind]
    next: Place | None


def orders_behind(wanted: Wanted, books: Books, *, before: Place | None = None, size: int = PER_PAGE) -> BehindPage:
    """The latest day first, after the place `before`. The number of queries is the same whatever there is to find."""
    fresh = {
        Place(entry.day, entry.order_id, entry.is_back)
        for entry in books.entries
        if entry.part.key == wanted.key and entry.is_back in wanted.sides and entry.order_id
    }
    places = [place for place in fresh if before is None or place < before]
    summed_key = key_id(wanted.key)
    if summed_key is not None:
        for is_back in wanted.sides:
            places += _summed(summed_key, is_back, books, before, size)
    places = sorted(places, reverse=True)
    return BehindPage(_rows(wanted.key, places[:size]), places[size - 1] if len(places) > size else None)


def _summed(summed_key: int, is_back: bool, books: Books, before: Place | None, size: int) -> list[Place]:
    parts = ReportPart.select(ReportPart.day, ReportPart.order_id).where(
        ReportPart.key == summed_key, ReportPart.is_back == is_back, books.summed_days(ReportPart.day)
    )
    if before is not None:
        # What went back comes before what was sold, where an order has both on one day.
        first_id = before.order_id + (before.is_back > is_back)
        is_older = (ReportPart.day < before.day) | (ReportPart.order_id < first_id)
        parts = parts.where(ReportPart.day <= before.day, is_older)
    rows: Iterable[Any] = parts.order_by(ReportPart.day.desc(), ReportPart.order_id.desc()).limit(size + 1).tuples()
    return [Place(day, order_id, is_back) for day, order_id in rows]


def _rows(key: Key, places: Sequence[Place]) -> list[Behind]:
    """Each order's part, worked out as the figure was."""
    found = {place: Sums() for place in places}
    orders: dict[int, Any] = {}
    for each in bought(sorted({place.order_id for place in places})):
        orders[each.order.id] = each.order
        for day, part, order_id, is_back in entries_of(each):
            place = Place(day, order_id, is_back)
            if part.key == key and place in found:
                found[place].add(part.sums)
    return [Behind(place, orders[place.order_id], sums) for place, sums in found.items()]
