"""The state of the order list as its address says it: a tab, a search, filters, an order, a place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any

from ...web import number_in

LONGEST = 254
LONGEST_CODE = 64


class Tab(StrEnum):
    PACK = "pack"
    SEND = "send"
    DAYS = "days"
    PROBLEM = "problem"
    SENT = "sent"
    DONE = "done"
    ALL = ""


class Sort(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    TOTAL = "total"


class Money(StrEnum):
    """How far the money of an order is, as a filter."""

    PAID = "paid"
    UNPAID = "unpaid"
    REFUNDING = "refunding"
    REFUNDED = "refunded"
    REFUND_FAILED = "refund-failed"
    RELEASED = "released"

    @property
    def words(self) -> str:
        return _MONEY_WORDS[self]


_MONEY_WORDS = {
    Money.PAID: "Paid",
    Money.UNPAID: "Not paid",
    Money.REFUNDING: "Refund on its way",
    Money.REFUNDED: "Refunded, all or part",
    Money.REFUND_FAILED: "Refund failed",
    Money.RELEASED: "Not charged",
}


@dataclass(frozen=True)
class ListState:
    """`goods` is an order's state, `method` a delivery code, `since` and `until` are days in the shop's calendar, both
    included; `item` is words of a product's name or a SKU, `product` an id. `page` is where it goes on from."""

    tab: str = Tab.ALL
    q: str = ""
    sort: str = ""
    money: str = ""
    goods: str = ""
    method: str = ""
    since: date | None = None
    until: date | None = None
    day: date | None = None
    late: bool = False
    note: bool = False
    look: bool = False
    taken: bool = False
    code: str = ""
    country: str = ""
    item: str = ""
    product: int | None = None
    page: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> ListState:
        """From an address; what makes no sense in it is left out."""
        read = {each.name: _READ[each.name](given.get(each.name, "")) for each in fields(cls)}
        return cls(**read)

    def changed(self, **changes: Any) -> ListState:
        """The same with other values, from its beginning."""
        return replace(self, **{"page": "", **changes})

    @property
    def kept(self) -> ListState:
        """What a saved view holds: nothing that somebody typed in words of their own, which may be a customer's."""
        return self.changed(q="", item="")

    def query(self) -> dict[str, str]:
        """What stands in the address: nothing that is as it is by itself."""
        return {name: _written(value) for name, value in self._said()}

    def _said(self) -> Iterator[tuple[str, Any]]:
        for each in fields(self):
            value = getattr(self, each.name)
            if value not in ("", None, False):
                yield each.name, value

    @property
    def filters(self) -> list[str]:
        """The names of the filters that are set."""
        return [name for name, _ in self._said() if name not in {"tab", "q", "sort", "page"}]


def _written(value: Any) -> str:
    return "1" if value is True else str(value)


def _one_of(choices: type[StrEnum]) -> Any:
    known = set(choices)
    return lambda text: text if text in known else ""


def _text(longest: int) -> Any:
    return lambda text: "".join(letter for letter in text[:longest] if letter.isprintable()).strip()


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return found if 1970 < found.year < 9000 else None


_READ: dict[str, Any] = {
    "tab": _one_of(Tab),
    "q": _text(LONGEST),
    "sort": _one_of(Sort),
    "money": _one_of(Money),
    "goods": _text(LONGEST_CODE),
    "method": _text(LONGEST_CODE),
    "since": _day,
    "until": _day,
    "day": _day,
    "late": bool,
    "note": bool,
    "look": bool,
    "taken": bool,
    "code": _text(LONGEST_CODE),
    "country": _text(2),
    "item": _text(LONGEST_CODE),
    "product": number_in,
    "page": lambda text: text[:500] if text.isascii() else "",
}
