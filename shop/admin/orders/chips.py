"""The order list's filters in words: what is set, each with the way to be rid of it, and what may be chosen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from ...addresses.countries import named
from ...catalogue.models import Product
from ...orders.desk.state import ListState, Money, Sort
from ...orders.models import OrderState
from ...orders.states import STEPS
from ...pricing.models import DeliveryMethod
from ...pricing.queries import countries_served
from ...templating import calendar_day

Choice = tuple[str, str]
NOTHING: dict[str, Any] = {
    **dict.fromkeys(("money", "goods", "method", "code", "country", "item"), ""),
    **dict.fromkeys(("since", "until", "day", "product")),
    **dict.fromkeys(("note", "look", "taken", "late"), False),
}
_WORDS = {"note": "Has a note", "look": "Needs a look", "taken": "Taken by staff", "late": "Late"}
SORTS = {Sort.NEWEST: "Newest first", Sort.OLDEST: "Oldest first", Sort.TOTAL: "Largest total first"}


@dataclass(frozen=True)
class Chip:
    """A filter that is set; `without` is the list with all the others."""

    words: str
    without: ListState


@dataclass(frozen=True)
class Choices:
    """What each filter of a closed list may be set to: value and words."""

    money: list[Choice]
    goods: list[Choice]
    method: list[Choice]
    country: list[Choice]
    sort: list[Choice]


def choices(state: ListState) -> Choices:
    """In a query or two; a country that is not delivered to any more can still be chosen while it is."""
    methods = DeliveryMethod.select(DeliveryMethod.code, DeliveryMethod.name).order_by(DeliveryMethod.position)
    rows: Iterable[Any] = methods.tuples()
    countries = {*countries_served(), *([state.country.upper()] if state.country else [])}
    return Choices(
        money=[(money.value, money.words) for money in Money],
        goods=[(step.value, STEPS[step].words) for step in OrderState],
        method=list(rows),
        country=named(tuple(sorted(countries))),
        sort=[(sort.value, words) for sort, words in SORTS.items()],
    )


def chips(state: ListState, offered: Choices) -> list[Chip]:
    return [
        Chip(_words(name, getattr(state, name), offered), state.changed(**{name: NOTHING[name]}))
        for name in state.filters
    ]


def _words(name: str, value: Any, offered: Choices) -> str:
    match name:
        case "money" | "goods" | "method" | "country":
            known: dict[str, str] = dict(getattr(offered, name))
            return known.get(value, str(value))
        case "since" | "until":
            return f"{'From' if name == 'since' else 'Until'} {calendar_day(value)}"
        case "day":
            return f"For {calendar_day(value)}"
        case "code":
            return f"Code {value.upper()}"
        case "item":
            return f"With “{value}”"
        case "product":
            return _product_name(value)
        case _:
            return _WORDS[name]


def _product_name(product_id: int) -> str:
    product = Product.select(Product.name).where(Product.id == product_id).first()
    return str(product.name) if product else "A product that is gone"


def day_words(day: date, today: date) -> str:
    """ "Today", "Tomorrow", or the day itself."""
    return {0: "Today", 1: "Tomorrow"}.get((day - today).days, calendar_day(day, with_weekday=True))
