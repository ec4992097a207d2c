"""What a shopper chose among a list's filters, as it stands in the URL. What makes no sense there is left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from ..config import settings
from ..money import money

CHOICES_AT_MOST = 12
LETTERS_AT_MOST = 80
SORTS = {
    "featured": "Featured",
    "newest": "Newest",
    "price": "Price, low to high",
    "price-down": "Price, high to low",
    "best": "Best selling",
}
# Where price bands begin, in whole units of the currency.
BAND_STARTS = (0, 10, 25, 50, 100)


@dataclass(frozen=True)
class Band:
    """Prices from `low` to below `high`, in whole units; no `high` is no end."""

    low: int
    high: int | None

    @property
    def text(self) -> str:
        return f"{self.low}-{'' if self.high is None else self.high}"

    @property
    def cents(self) -> tuple[int, int | None]:
        unit = 10 ** settings().currency_exponent
        return self.low * unit, None if self.high is None else self.high * unit

    @property
    def label(self) -> str:
        low, high = self.cents
        if high is None:
            return f"{money(low)} and more"
        return f"{money(low)} to {money(high)}" if low else f"Under {money(high)}"


BANDS = tuple(Band(low, high) for low, high in zip(BAND_STARTS, (*BAND_STARTS[1:], None), strict=True))


@dataclass(frozen=True)
class Filters:
    """`options` are pairs such as ("Colour", "Moss"): values of one name widen the choice, names narrow it."""

    collections: tuple[str, ...] = ()
    bands: tuple[Band, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    in_stock: bool = False

    def __bool__(self) -> bool:
        return bool(self.collections or self.bands or self.options or self.in_stock)

    @property
    def values_by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, value in self.options:
            found.setdefault(name, []).append(value)
        return found

    def parameters(self) -> list[tuple[str, str]]:
        found = [("collection", slug) for slug in self.collections]
        found += [("price", band.text) for band in self.bands]
        found += [("option", f"{name}:{value}") for name, value in self.options]
        return found + [("stock", "1")] * self.in_stock

    def choices(self) -> list[tuple[tuple[str, str], str, str]]:
        """Each choice among the facets: the facet's parameter and name, the parameter's value, and a label for it."""
        found = [(("collection", "Collection"), slug, slug) for slug in self.collections]
        found += [(("price", "Price"), band.text, band.label) for band in self.bands]
        return found + [(("option", name), f"{name}:{value}", value) for name, value in self.options]

    def without(self, parameter: str, value: str) -> Filters:
        """The same with one choice taken back."""
        return replace(
            self,
            collections=tuple(slug for slug in self.collections if (parameter, value) != ("collection", slug)),
            bands=tuple(band for band in self.bands if (parameter, value) != ("price", band.text)),
            options=tuple(pair for pair in self.options if (parameter, value) != ("option", ":".join(pair))),
            in_stock=self.in_stock and parameter != "stock",
        )


def filters_in(arguments: MultiDict[str, str]) -> Filters:
    """Raises nothing: what cannot be a choice is left out."""
    bands = (_band(text) for text in _given(arguments, "price"))
    pairs = (text.partition(":") for text in _given(arguments, "option"))
    return Filters(
        collections=_given(arguments, "collection"),
        bands=tuple(dict.fromkeys(filter(None, bands))),
        options=tuple((name, value) for name, colon, value in pairs if name and colon and value),
        in_stock=arguments.get("stock") == "1",
    )


def sort_in(arguments: MultiDict[str, str]) -> str:
    sort = arguments.get("sort", "")
    return sort if sort in SORTS else "featured"


def address(path: str, parameters: Iterable[tuple[str, Any]]) -> str:
    """`path` with a query string of those parameters that say something."""
    query = urlencode([(name, value) for name, value in parameters if value])
    return f"{path}?{query}" if query else path


@dataclass(frozen=True)
class Chip:
    """A filter that is on, and the address without it."""

    label: str
    url: str


def chips_of(filters: Filters, *, path: str, q: str, sort: str, collections: Mapping[str, str]) -> list[Chip]:
    """A chip for each filter that is on; `collections` are names by slug."""
    labels = {("price", band.text): band.label for band in filters.bands}
    labels |= {("option", ":".join(pair)): ": ".join(pair) for pair in filters.options}
    labels |= {("collection", slug): collections.get(slug, slug) for slug in filters.collections}
    labels[("stock", "1")] = "In stock"
    chips = []
    for parameter, value in filters.parameters():
        left = filters.without(parameter, value).parameters()
        url = address(path, [("q", q), *left, ("sort", sort if sort != "featured" else "")])
        chips.append(Chip(labels[parameter, value], url))
    return chips


def _given(arguments: MultiDict[str, str], name: str) -> tuple[str, ...]:
    values = (value for value in arguments.getlist(name) if value.isprintable() and 0 < len(value) <= LETTERS_AT_MOST)
    return tuple(dict.fromkeys(values))[:CHOICES_AT_MOST]


def _band(text: str) -> Band | None:
    match = re.fullmatch(r"(\d{1,7})-(\d{1,7})?", text, re.ASCII)
    if not match:
        return None
    return Band(int(match[1]), int(match[2]) if match[2] else None)
