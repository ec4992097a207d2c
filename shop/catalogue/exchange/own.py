"""The shop's own format: a row for each variant under plain headings, what `writing` writes and this reads."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Any

from ..models import Measure, ProductState
from .cells import one_line, several_lines
from .reading import Reading, without_nothing
from .tables import Row, Table
from .wanted import Place, Problem, WantedProduct, WantedVariant

NAME = "own"
# Heading -> what it is, for the page that explains the format.
COLUMNS = {
    "Address": "The end of its page’s address: alder-tote for /p/alder-tote. Rows with the same one are one product.",
    "Name": "The product’s name.",
    "State": "draft, active or archived.",
    "Collections": "Section and collection, as in Bags > Totes; semicolons between several. Missing ones are made.",
    "Maker": "Who made it.",
    "Summary": "One sentence.",
    "Description": "Text in Markdown. This, care and origin stand in a product’s first row only.",
    "Care": "How to look after it, in Markdown.",
    "Origin": "Where it comes from, in Markdown.",
    "Tax class": "standard, or the name of another one that the shop has.",
    "Priced per": "kg, l or piece where a unit price is shown; otherwise empty.",
    "Featured": "A whole number: higher stands earlier in lists.",
    "Option 1 name": "What variants differ by, such as Colour; likewise Option 2 name and Option 3 name.",
    "Option 2 name": "",
    "Option 3 name": "",
    "SKU": "The variant’s own number or code. Rows are matched by it.",
    "Option 1": "The variant’s colour, size and so on; likewise Option 2 and Option 3.",
    "Option 2": "",
    "Option 3": "",
    "Price": "In the shop’s currency, as in 48.00.",
    "Compare-at price": "What it cost before, or empty.",
    "Stock": "How many lie on the shelf.",
    "Weight (g)": "In grams.",
    "Contents": "How much one is, in grams, millilitres or pieces, for the unit price.",
    "Archived": "yes for a variant that is not sold any more.",
    "Pictures": "Written for other programs. Pictures are added by hand, and this is not read.",
}
HEADINGS = frozenset(name.casefold() for name in COLUMNS)
FIELDS = {
    "name": "name",
    "state": "state",
    "maker": "maker",
    "summary": "summary",
    "tax class": "tax_class",
    "priced per": "measure",
    "option 1 name": "option1_name",
    "option 2 name": "option2_name",
    "option 3 name": "option3_name",
}
LONG = {"description": "description", "care": "care", "origin": "origin"}
VARIANT = (
    "option 1",
    "option 2",
    "option 3",
    "price",
    "compare-at price",
    "stock",
    "weight (g)",
    "contents",
    "archived",
)


def suits(columns: Iterable[str]) -> bool:
    return "sku" in columns or "address" in columns


def reading_of(table: Table, digits: int) -> Reading:
    for name in table.columns.keys() - HEADINGS:
        heading = table.heading(name)
        close = difflib.get_close_matches(name, HEADINGS, 1, 0.75)
        meant = next(
            (f"If it is “{each}”, rename it." for each in COLUMNS if close and each.casefold() == close[0]), ""
        )
        table.problems.append(Problem(0, heading, f"No column is called “{heading}”. It is left out.", meant, False))
    return Reading(table, digits, prices=("price", "compare-at price"))


def groups(reading: Reading) -> list[list[Row]]:
    """Rows with the same address together, in the order in which the first of each stands; others by their SKU."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in reading.table.rows:
        address = row.text("address").strip("/ ").removeprefix("p/")
        key = ("address", address) if address else ("sku", row.text("sku") or str(row.number))
        found.setdefault(key, []).append(row)
    return list(found.values())


def read(rows: list[Row], reading: Reading) -> WantedProduct:
    first = rows[0]
    address = first.text("address").strip("/ ").removeprefix("p/")
    wanted = WantedProduct(row=first.number, slug=address, moves=bool(address))
    wanted.is_known_by_slug = bool(address) or not first.text("sku")
    wanted.values = without_nothing(
        {field: reading.line(rows, name) for name, field in FIELDS.items()}
        | {field: reading.lines(rows, name) for name, field in LONG.items()}
    )
    wanted.name = wanted.values.get("name", "") or address or first.text("sku")
    _check_words(wanted, rows, reading)
    _same_in_all(wanted, rows, reading)
    if reading.has("featured"):
        wanted.values["featured"] = next(
            (number for row in rows if (number := reading.whole(wanted, row, "featured", may_be_negative=True))), 0
        )
    if reading.has("collections"):
        wanted.collections = _places(wanted, rows, reading)
    wanted.variants = [_variant(wanted, row, reading) for row in rows if _has_variant(row)]
    return wanted


def _check_words(wanted: WantedProduct, rows: list[Row], reading: Reading) -> None:
    """Words of which there are only a few."""
    row = rows[0].number
    for name, field, known in (("state", "state", ProductState), ("priced per", "measure", Measure)):
        given = wanted.values.get(field, "").casefold()
        if field in wanted.values and not given and field == "state":
            del wanted.values[field]
        elif given and given not in set(known):
            said = f"“{given[:40]}” is not known here."
            choice = ", ".join(each for each in known if each)
            wanted.wrong(row, reading.table.heading(name), said, f"Write one of: {choice}.")
        elif field in wanted.values:
            wanted.values[field] = given
    if wanted.values.get("tax_class") == "":
        wanted.values["tax_class"] = "standard"


def _same_in_all(wanted: WantedProduct, rows: list[Row], reading: Reading) -> None:
    """A product has one name and one description, whichever of its rows one looks at."""
    for name in (*FIELDS, *LONG, "collections", "featured") if len(rows) > 1 else ():
        said = [(row.number, text) for row in rows if (text := several_lines(row.text(name)))]
        for number, text in said[1:]:
            if text != said[0][1]:
                wanted.wrong(
                    number,
                    reading.table.heading(name),
                    f"This says something else than row {said[0][0]}, which is the same product.",
                    "Write the same in both, or leave this one empty.",
                )


def _places(wanted: WantedProduct, rows: list[Row], reading: Reading) -> list[Place]:
    places = []
    for part in filter(None, (each.strip() for each in (reading.first(rows, "collections") or "").split(";"))):
        names = [one_line(each) for each in re.split(r"[>/]", part) if each.strip()]
        if len(names) != 2:
            said = f"“{part[:60]}” is not a section and a collection."
            wanted.wrong(rows[0].number, reading.table.heading("collections"), said, "Write it as in Bags > Totes.")
        elif (place := Place(names[0], names[1], is_path=">" not in part)) not in places:
            places.append(place)
    return places


def _has_variant(row: Row) -> bool:
    return any(row.text(name) for name in ("sku", *VARIANT))


def _variant(wanted: WantedProduct, row: Row, reading: Reading) -> WantedVariant:
    one, two, three = (reading.line([row], f"option {number}") for number in (1, 2, 3))
    values: dict[str, Any] = without_nothing({"option1": one, "option2": two, "option3": three})
    numbers: dict[str, int | None] = {
        "price_cents": reading.price(wanted, row, "price"),
        "on_hand": reading.whole(wanted, row, "stock"),
        "weight_grams": reading.grams(wanted, row, "weight (g)"),
    }
    values |= without_nothing(numbers)
    for name, field in (("stock", "on_hand"), ("weight (g)", "weight_grams")):
        if reading.has(name):
            values.setdefault(field, 0)
    if reading.has("price") and not row.text("price"):
        wanted.wrong(row.number, reading.table.heading("price"), "There is no price.", "Write one; 0 if it is free.")
    # These may be empty, and then the variant has none.
    if reading.has("compare-at price"):
        values["compare_at_cents"] = reading.price(wanted, row, "compare-at price")
    if reading.has("contents"):
        values["measure_amount"] = reading.whole(wanted, row, "contents") or None
    if reading.has("archived"):
        values["is_archived"] = reading.yes(wanted, row, "archived")
    return WantedVariant(row.number, reading.line([row], "sku") or "", values)
