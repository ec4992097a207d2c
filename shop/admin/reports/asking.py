"""What a report's address asks for: which days, in days, weeks or months, and in which currency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import request, url_for

from ...config import settings
from ...days import today
from ...reports.behind import Side
from ...reports.periods import EARLIEST, LATEST, PRESETS, Grain, Period, preset
from ...reports.sums import Key

NO_DAY = "Type a day as year, month and day, such as {today}."
TURNED = "The last day comes before the first."
NAME_AT_MOST = 500


class Links(NamedTuple):
    """Where a figure opens: to what was sold of it, what went back, and both."""

    sold: str
    back: str
    net: str


@dataclass(frozen=True)
class Asked:
    """`typed` is what the two fields hold, `wrong` what is wrong with them; then the period is the usual one. In a
    file nothing leads anywhere."""

    period: Period
    grain: Grain
    currency: str
    typed: Mapping[str, str]
    wrong: Mapping[str, str] = field(default_factory=dict)
    is_file: bool = False

    @property
    def place(self) -> dict[str, str]:
        """The period, for another page's address."""
        if self.period.name:
            found = {"period": self.period.name}
        else:
            found = {"from": self.period.first.isoformat(), "to": self.period.last.isoformat()}
        return found | ({"currency": self.currency} if self.currency != settings().currency else {})

    def link(self, endpoint: str, **more: str) -> str:
        """Another page, or this one, of the same period; what is given comes before."""
        given: dict[str, Any] = {**self.place, **more}
        if "period" in more:
            given = {name: value for name, value in given.items() if name not in ("from", "to")}
        return url_for(endpoint, **given)

    def orders(self, key: Key, side: Side = Side.SOLD, *, first: date | None = None, last: date | None = None) -> str:
        """The page of the orders behind a figure."""
        if self.is_file:
            return ""
        parts: dict[str, Any] = {"name": key.name, "place": key.place, "rate": key.rate_ppm}
        given = {name: value for name, value in parts.items() if value}
        given |= {"from": (first or self.period.first).isoformat(), "to": (last or self.period.last).isoformat()}
        if side != Side.SOLD:
            given["side"] = side.value
        return f"{self._orders}?{urlencode({'figure': key.kind, 'currency': key.currency, **given})}"

    def links(self, key: Key, *, first: date | None = None, last: date | None = None) -> Links:
        return Links(*(self.orders(key, side, first=first, last=last) for side in Side))

    @cached_property
    def _orders(self) -> str:
        return url_for("admin.report_orders")

    def key(self, kind: str, name: str = "") -> Key:
        return Key(self.currency, kind, name)


def asked(*, is_file: bool = False, is_of_now: bool = False) -> Asked:
    """What is `is_of_now` has no period in which something could be wrong."""
    found = _asked()
    return replace(found, is_file=is_file, wrong={} if is_of_now else found.wrong)


def _asked() -> Asked:
    typed = {name: request.args.get(name, "").strip()[:40] for name in ("from", "to")}
    currency = _currency()
    if not any(typed.values()):
        period = preset(request.args.get("period", ""), today())
        shown = {"from": period.first.isoformat(), "to": period.last.isoformat()}
        return Asked(period, _grain(period), currency, shown)
    # A first day alone means from then on.
    typed["to"] = typed["to"] or max(today().isoformat(), typed["from"])
    days = {name: _day(text) for name, text in typed.items()}
    wrong = _wrong(days)
    if wrong:
        period = preset("", today())
        return Asked(period, _grain(period), currency, typed, wrong)
    first, last = days["from"], days["to"]
    assert first is not None and last is not None
    period = Period(first, last)
    return Asked(period, _grain(period), currency, typed)


def _currency() -> str:
    given = request.args.get("currency", "")
    return given if given.isascii() and given.isalpha() and given.isupper() and len(given) == 3 else settings().currency


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


def _wrong(days: Mapping[str, date | None]) -> dict[str, str]:
    wrong = {name: NO_DAY.format(today=today()) for name, day in days.items() if day is None}
    first, last = days["from"], days["to"]
    return {"to": TURNED} if first and last and last < first else wrong


def _grain(period: Period) -> Grain:
    given = request.args.get("by", "")
    return Grain(given) if given in set(period.grains) else period.grains[0]


def presets() -> list[tuple[str, str]]:
    return [(name, words) for name, (words, _) in PRESETS.items()]
