"""Shopify's product export, under the headings it has had for years and under those since 2024."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from ..models import Measure, ProductState
from .cells import MOST
from .html import to_markdown
from .reading import Reading, without_nothing
from .tables import Row, Table
from .wanted import WantedProduct, WantedVariant
from .words import BACKORDERS, UNCOUNTED, UNSHIPPED

NAME = "shopify"
# Ours -> theirs, old and new.
NAMES = {
    "handle": ("handle", "url handle"),
    "title": ("title",),
    "body": ("body (html)", "description"),
    "vendor": ("vendor",),
    "type": ("type",),
    "published": ("published", "published on online store"),
    "status": ("status",),
    "sku": ("variant sku", "sku"),
    "grams": ("variant grams", "weight value (grams)"),
    "quantity": ("variant inventory qty", "inventory quantity"),
    "price": ("variant price", "price"),
    "compare": ("variant compare at price", "compare-at price"),
    "taxable": ("variant taxable", "charge tax"),
    "picture": ("image src", "product image url"),
    "picture alt": ("image alt text",),
    "variant picture": ("variant image", "variant image url"),
    "gift card": ("gift card",),
    "counted": ("variant inventory tracker", "inventory tracker"),
    "oversold": ("variant inventory policy", "continue selling when out of stock"),
    "shipped": ("variant requires shipping", "requires shipping"),
    "amount": ("unit price total measure",),
    "amount unit": ("unit price total measure unit",),
    **{f"option{n} name": (f"option{n} name",) for n in (1, 2, 3)},
    **{f"option{n} value": (f"option{n} value",) for n in (1, 2, 3)},
}
HEADINGS = frozenset(heading for headings in NAMES.values() for heading in headings)
OPTIONS = (1, 2, 3)
# Shopify's units -> what a product is priced per, and how many of the shop's own grams, millilitres or pieces one is.
UNITS = {
    "mg": (Measure.KILOGRAM, Decimal("0.001")),
    "g": (Measure.KILOGRAM, Decimal(1)),
    "kg": (Measure.KILOGRAM, Decimal(1000)),
    "ml": (Measure.LITRE, Decimal(1)),
    "cl": (Measure.LITRE, Decimal(10)),
    "l": (Measure.LITRE, Decimal(1000)),
    "m3": (Measure.LITRE, Decimal(1_000_000)),
    "item": (Measure.PIECE, Decimal(1)),
}


def suits(columns: Iterable[str]) -> bool:
    there = set(columns)
    return "title" in there and bool(there & {"handle", "url handle"})


def reading_of(table: Table, digits: int) -> Reading:
    return Reading(table, digits, prices=(*NAMES["price"], *NAMES["compare"]), usual_sign=".")


def groups(reading: Reading) -> list[list[Row]]:
    """Rows with the same handle; a row without one goes with the row before it."""
    found: dict[str, list[Row]] = {}
    handle = ""
    for row in reading.table.rows:
        handle = _cell(row, "handle") or (handle if not _cell(row, "title") else f"row {row.number}")
        found.setdefault(handle, []).append(row)
    return list(found.values())


def read(rows: list[Row], reading: Reading) -> WantedProduct:
    first = rows[0]
    wanted = WantedProduct(row=first.number, name=_cell(first, "title"), slug=_cell(first, "handle"))
    if _cell(first, "gift card").casefold() == "true":
        wanted.is_left_out = True
        wanted.note(first.number, "Gift Card", "This is a gift card. The shop has none, so it is left out.")
        return wanted
    wanted.values = without_nothing(
        {"name": reading.line(rows, *NAMES["title"]) or None, "maker": reading.line(rows, *NAMES["vendor"])}
    )
    body = reading.first(rows, *NAMES["body"])
    if body is not None:
        wanted.values["description"] = to_markdown(body)
    _state(wanted, first, reading)
    _type(wanted, first, reading)
    names = [_option_name(rows, number) for number in OPTIONS]
    wanted.values |= {f"option{number}_name": name for number, name in zip(OPTIONS, names, strict=True)}
    wanted.variants = [_variant(wanted, row, reading, names) for row in rows if _has_variant(row) or row is first]
    wanted.pictures = _pictures(rows)
    return wanted


def _cell(row: Row, name: str) -> str:
    return next((cell for heading in NAMES[name] if (cell := row[heading])), "")


def _column(reading: Reading, name: str) -> str:
    """The heading that this file uses."""
    return next((heading for heading in NAMES[name] if reading.has(heading)), NAMES[name][0])


def _state(wanted: WantedProduct, row: Row, reading: Reading) -> None:
    status, is_published = (
        _cell(row, "status").casefold(),
        _cell(row, "published").casefold() not in {"false", "0", "no"},
    )
    known = {"active": ProductState.ACTIVE, "draft": ProductState.DRAFT, "archived": ProductState.ARCHIVED}
    known["unlisted"] = ProductState.DRAFT
    heading = reading.table.heading(_column(reading, "status"))
    if status and status not in known:
        wanted.wrong(row.number, heading, f"“{status[:40]}” is no status.", "Write active, draft or archived.")
    elif status:
        wanted.values["state"] = known[status]
        if status == "active" and not is_published:
            wanted.values["state"] = ProductState.DRAFT
            wanted.note(row.number, heading, "Active, but not published on the online store: it comes in as a draft.")
        elif status == "unlisted":
            wanted.note(row.number, heading, "The shop has no unlisted products: it comes in as a draft.")
    elif reading.has("published") or reading.has("published on online store"):
        wanted.values["state"] = ProductState.ACTIVE if is_published else ProductState.DRAFT


def _type(wanted: WantedProduct, row: Row, reading: Reading) -> None:
    """The export does not say in which collections a product is; one that is called like its type will do."""
    wanted.kind = reading.line([row], "type") or ""
    if _cell(row, "taxable").casefold() == "false":
        heading = reading.table.heading(_column(reading, "taxable"))
        wanted.note(row.number, heading, "No tax is charged for it there.", "Choose its tax class by hand.")


def _option_name(rows: list[Row], number: int) -> str:
    """What the option is called; a product without options says Title and Default Title."""
    name = _cell(rows[0], f"option{number} name")
    values = {value for row in rows if (value := _cell(row, f"option{number} value"))}
    is_default = number == 1 and name.casefold() in {"title", ""} and values <= {"Default Title"}
    return "" if is_default else name


def _has_variant(row: Row) -> bool:
    """Rows below the first may hold nothing but another picture."""
    cells = ("sku", "price", *(f"option{number} value" for number in OPTIONS))
    return any(_cell(row, name) for name in cells)


def _variant(wanted: WantedProduct, row: Row, reading: Reading, names: list[str]) -> WantedVariant:
    values: dict[str, object] = {
        f"option{number}": reading.line([row], f"option{number} value") or "" if name else ""
        for number, name in zip(OPTIONS, names, strict=True)
    }
    stock = reading.whole(wanted, row, _column(reading, "quantity"), may_be_negative=True)
    if stock is not None and stock < 0:
        heading = reading.table.heading(_column(reading, "quantity"))
        wanted.note(row.number, heading, f"{-stock} more were sold than there were: the stock comes in as 0.")
    _note_selling(wanted, row, reading)
    values |= _contents(wanted, row, reading)
    values |= without_nothing(
        {
            "price_cents": reading.price(wanted, row, _column(reading, "price")),
            "on_hand": None if stock is None else max(stock, 0),
            "weight_grams": reading.grams(wanted, row, _column(reading, "grams")),
        }
    )
    if reading.has(_column(reading, "compare")):
        compare = reading.price(wanted, row, _column(reading, "compare"))
        # Shopify writes 0.00, or the price itself, where there is no reduction.
        price = values.get("price_cents")
        values["compare_at_cents"] = compare if compare and isinstance(price, int) and compare > price else None
    return WantedVariant(row.number, reading.line([row], _column(reading, "sku")) or "", values)


def _note_selling(wanted: WantedProduct, row: Row, reading: Reading) -> None:
    """What that shop sells otherwise than this one does."""
    if reading.has(_column(reading, "counted")) and not _cell(row, "counted") and _cell(row, "price"):
        heading = reading.table.heading(_column(reading, "counted"))
        wanted.note(row.number, heading, UNCOUNTED, "Enter how many there are.")
    if _cell(row, "oversold").casefold() in {"continue", "true"}:
        heading = reading.table.heading(_column(reading, "oversold"))
        wanted.note(row.number, heading, BACKORDERS, "Count it higher where more can be made.", once=True)
    if _cell(row, "shipped").casefold() == "false":
        heading = reading.table.heading(_column(reading, "shipped"))
        wanted.note(row.number, heading, UNSHIPPED, "Take it off sale if there is nothing to send.", once=True)


def _contents(wanted: WantedProduct, row: Row, reading: Reading) -> dict[str, object]:
    """How much one is, for the unit price; the product is priced by what its first variant is measured in."""
    unit, text = _cell(row, "amount unit").casefold(), _cell(row, "amount")
    if not text or unit not in UNITS:
        return {}
    measure, each = UNITS[unit]
    try:
        amount = int(Decimal(text) * each + Decimal("0.5"))
    except InvalidOperation:
        amount = 0
    if not 0 < amount <= MOST:
        said = f"“{text[:40]}” {unit} is no amount: no unit price is shown."
        wanted.note(row.number, reading.table.heading(_column(reading, "amount")), said)
        return {}
    return {"measure_amount": amount} if wanted.values.setdefault("measure", measure) == measure else {}


def _pictures(rows: list[Row]) -> list[tuple[str, str]]:
    found = [(_cell(row, "picture"), _cell(row, "picture alt")) for row in rows]
    found += [(_cell(row, "variant picture"), "") for row in rows]
    return list({url: (url, alt) for url, alt in reversed(found) if url}.values())[::-1]
