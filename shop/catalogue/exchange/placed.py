"""WooCommerce's export in any language: headings are translated, the order of the columns and some words are not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .tables import Table

# As WC_Product_CSV_Exporter has them; those with a star came with later releases.
_ORDER: tuple[str, ...] = ("id", "type", "sku", "*gtin, upc, ean, or isbn", "name", "published", "is featured?")
_ORDER += ("visibility in catalog", "short description", "description", "date sale price starts")
_ORDER += ("date sale price ends", "tax status", "tax class", "in stock?", "stock", "*low stock amount")
_ORDER += (
    "backorders allowed?",
    "sold individually?",
    "weight",
    "length",
    "width",
    "height",
    "allow customer reviews?",
)
_ORDER += ("purchase note", "sale price", "regular price", "categories", "tags", "shipping class", "images")
_ORDER += ("download limit", "download expiry days", "parent")
_NUMBERS = {"", "0", "1"}
_TYPES = {"simple", "variable", "variation", "grouped", "external", "virtual", "downloadable", "subscription", "bundle"}
# What stands in a column whichever language its heading is in.
_TELLING = {
    "published": {"-1", "0", "1"},
    "is featured?": _NUMBERS,
    "visibility in catalog": {"visible", "catalog", "search", "hidden", ""},
    "tax status": {"taxable", "shipping", "none", ""},
    "sold individually?": _NUMBERS,
    "allow customer reviews?": _NUMBERS,
}
_ROWS_LOOKED_AT = 200


def is_named(table: Table) -> bool:
    """Give the columns their English names by their places; whether the file is one in which that can be done."""
    order = next((order for order in _orders() if _fits(table, order)), None)
    if order is None:
        return False
    unit = re.search(r"\((kg|g|lbs?|oz)\)", table.headings[order.index("weight")], re.IGNORECASE)
    places = {name: place for place, name in enumerate(order)}
    places[f"weight ({unit[1].lower() if unit else 'kg'})"] = places.pop("weight")
    for number, place in enumerate(_attributes(table, len(order)), 1):
        places |= {f"attribute {number} name": place, f"attribute {number} value(s)": place + 1}
    taken = set(places.values())
    others = {name: place for name, place in table.columns.items() if place not in taken and name not in places}
    # The rows have this very dictionary.
    table.columns.clear()
    table.columns.update(places | others)
    return True


def has_types(table: Table) -> bool:
    """Whether some column holds nothing but WooCommerce's types of products, so that the file is likely its export."""
    return any(_is_type(_cells(table, place)) for place in range(len(table.headings)))


def _orders() -> Iterator[list[str]]:
    """The newest first; all of them, and without each of the later columns."""
    later = [name for name in _ORDER if name.startswith("*")]
    for missing in ([], later[:1], later[1:], later):
        yield [name.lstrip("*") for name in _ORDER if name not in missing]


def _fits(table: Table, order: Sequence[str]) -> bool:
    if len(table.headings) < len(order) or not table.rows:
        return False
    telling = (_cells(table, order.index(name)) <= known for name, known in _TELLING.items())
    return _is_type(_cells(table, order.index("type"))) and all(telling)


def _cells(table: Table, place: int) -> set[str]:
    rows = table.rows[:_ROWS_LOOKED_AT]
    return {row.cells[place].strip().casefold() if place < len(row.cells) else "" for row in rows}


def _is_type(cells: set[str]) -> bool:
    return cells != {""} and all(set(re.split(r"\s*,\s*", cell)) <= _TYPES for cell in cells)


def _attributes(table: Table, start: int) -> Iterator[int]:
    """Where a name, a value, and a 0 or 1 of the same attribute stand side by side: their headings have its number."""
    numbers = [re.findall(r"\d+", heading)[:1] for heading in table.headings]
    before: list[str] = []
    for place in range(start, len(numbers) - 2):
        here = numbers[place]
        is_one = here and here == numbers[place + 1] == numbers[place + 2] and here != before
        if is_one and _cells(table, place + 2) <= _NUMBERS:
            before = here
            yield place
