"""WooCommerce's product export: variable products and their variations, which say whose they are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from ...days import today
from ..models import ProductState
from .cells import GRAMS, NO, YES, one_line
from .html import to_markdown
from .reading import Reading, without_nothing
from .tables import Row, Table
from .wanted import Place, WantedProduct, WantedVariant
from .words import BACKORDERS, UNCOUNTED, UNSHIPPED

NAME = "woocommerce"
_PLAIN: tuple[str, ...] = (
    "id",
    "type",
    "sku",
    "name",
    "published",
    "visibility in catalog",
    "short description",
    "description",
)
_PLAIN += ("date sale price starts", "date sale price ends", "tax status", "tax class", "in stock?", "stock")
_PLAIN += ("backorders allowed?", "sale price", "regular price", "categories", "images", "parent", "is featured?")
_WEIGHT = re.compile(r"weight \((kg|g|lbs?|oz)\)")
ATTRIBUTES = range(1, 31)
HEADINGS = frozenset(_PLAIN) | {f"weight ({unit})" for unit in GRAMS}
HEADINGS |= {f"attribute {n} {what}" for n in ATTRIBUTES for what in ("name", "value(s)")}
# What this shop cannot sell.
SOLD = {"simple", "variable", "variation", "virtual", ""}
UNSOLD = {"grouped": "a group of products", "external": "a product of another shop", "downloadable": "a download"}


def suits(columns: Iterable[str]) -> bool:
    there = set(columns)
    return {"type", "name"} <= there and bool(there & {"regular price", "published", "parent", "visibility in catalog"})


def reading_of(table: Table, digits: int) -> Reading:
    found = next((unit for name in table.columns if (unit := _WEIGHT.fullmatch(name))), None)
    return Reading(
        table,
        digits,
        prices=("regular price", "sale price"),
        usual_sign=".",
        weight_unit=found[1] if found else "kg",
    )


def groups(reading: Reading) -> list[list[Row]]:
    """A product, then its variations, wherever in the file they stand; one whose parent is missing stands alone."""
    found: dict[str, list[Row]] = {}
    parents: dict[str, str] = {}
    for row in reading.table.rows:
        if not _is_variation(row):
            key = f"row {row.number}"
            found[key] = [row]
            for name in (f"id:{row.text('id')}", row.text("sku")):
                parents.setdefault(name, key)
    for row in reading.table.rows:
        if _is_variation(row):
            parent = row.text("parent")
            found.setdefault(parents.get(parent, f"parent {parent}") if parent else f"row {row.number}", []).append(row)
    return sorted(found.values(), key=lambda rows: rows[0].number)


def read(rows: list[Row], reading: Reading) -> WantedProduct:
    first, kinds = rows[0], _kinds(rows[0])
    wanted = WantedProduct(row=first.number, name=one_line(first.text("name")), slug=one_line(first.text("name")))
    wanted.is_known_by_slug = not any(row.text("sku") for row in rows)
    unsold = next((UNSOLD[kind] for kind in kinds if kind in UNSOLD), "")
    if unsold:
        wanted.is_left_out = True
        wanted.note(first.number, "Type", f"This is {unsold}. The shop sells no such thing, so it is left out.")
        return wanted
    if _is_variation(first):
        said = f"The product it is a variation of, “{first.text('parent')[:60]}”, is not in the file."
        wanted.values["name"] = wanted.name
        wanted.wrong(first.number, "Parent", said, "Export it together with its variations.")
        return wanted
    wanted.values = without_nothing({"name": reading.line([first], "name") or None})
    _texts(wanted, first, reading)
    _state(wanted, first, reading)
    _places(wanted, first, reading)
    _tax(wanted, first)
    _note_selling(wanted, rows, kinds)
    wanted.pictures = [(url, "") for row in rows for url in _split(row.text("images")) if url]
    _variants(wanted, rows, reading)
    return wanted


def _kinds(row: Row) -> list[str]:
    return [kind.strip().casefold() for kind in row.text("type").split(",")]


def _is_variation(row: Row) -> bool:
    return "variation" in _kinds(row)


def _split(text: str) -> list[str]:
    r"""WooCommerce separates by commas, and writes "\," for one that belongs to the text."""
    return [part.replace("\\,", ",").strip() for part in re.split(r"(?<!\\),", text)]


def _texts(wanted: WantedProduct, row: Row, reading: Reading) -> None:
    for name, field in (("description", "description"), ("short description", "summary")):
        html = row[name]
        if html is not None:
            # New lines are written as a backslash and an n.
            text = to_markdown(re.sub(r"(?<!\\)\\n", "\n", html).replace("\\\\n", "\\n"))
            wanted.values[field] = one_line(re.sub(r"[*_#`\\]+", "", text)) if field == "summary" else text


def _state(wanted: WantedProduct, row: Row, reading: Reading) -> None:
    published, visibility = row["published"], row.text("visibility in catalog").casefold()
    if published is None:
        return
    said = published.casefold()
    if said not in YES | NO | {"-1", "private"}:
        wanted.wrong(
            row.number, "Published", f"“{published[:40]}” is not known.", "Write 1, 0 for private or -1 for draft."
        )
        return
    is_on = said in YES or not said
    wanted.values["state"] = ProductState.ACTIVE if is_on else ProductState.DRAFT
    if said in {"0", "private"}:
        wanted.note(row.number, "Published", "The shop has no private products: it comes in as a draft.")
    elif visibility in {"hidden", "search"} and is_on:
        wanted.values["state"] = ProductState.DRAFT
        said = "The catalogue does not show it there, and the shop cannot hide products: it comes in as a draft."
        wanted.note(row.number, "Visibility in catalog", said)


def _places(wanted: WantedProduct, row: Row, reading: Reading) -> None:
    """ "Clothing > Shirts" is section and collection; a category without a level above is both."""
    categories = row["categories"]
    if categories is None:
        return
    wanted.collections = []
    for category in filter(None, _split(categories)):
        levels = [one_line(level) for level in category.split(">") if level.strip()]
        if len(levels) > 2:
            said = f"“{category[:80]}” has more than two levels. The product comes into {levels[0]} > {levels[1]}."
            wanted.note(row.number, "Categories", said)
        if levels and levels != ["Uncategorized"]:
            place = Place(levels[0], levels[min(1, len(levels) - 1)])
            wanted.collections += [place] if place not in wanted.collections else []
    # A category and the one above it are both listed: the upper one says nothing then.
    deep = {place.section for place in wanted.collections if place.section != place.collection}
    wanted.collections = [
        each for each in wanted.collections if each.section != each.collection or each.section not in deep
    ]


def _tax(wanted: WantedProduct, row: Row) -> None:
    name, status = row.text("tax class").casefold(), row.text("tax status").casefold()
    if name not in {"", "standard", "parent"} or status not in {"", "taxable"}:
        said = f"Its tax is “{(name if status in {'', 'taxable'} else status)[:40]}” there. Here it is standard."
        heading = "Tax class" if status in {"", "taxable"} else "Tax status"
        wanted.note(row.number, heading, said, "Choose its tax class by hand.")


def _note_selling(wanted: WantedProduct, rows: list[Row], kinds: list[str]) -> None:
    """What that shop sells otherwise than this one does."""
    row = rows[0]
    for kind in set(kinds) - SOLD:
        said = f"It is a “{kind[:40]}” there. It comes in as a product like others."
        wanted.note(row.number, "Type", said, "Look whether it can be sold like that.", once=True)
    if "virtual" in kinds:
        wanted.note(row.number, "Type", UNSHIPPED, "Take it off sale if there is nothing to send.", once=True)
    for each in rows:
        if each.text("backorders allowed?").casefold() not in NO:
            wanted.note(each.number, "Backorders allowed?", BACKORDERS, "Count it higher.", once=True)
    if row.text("is featured?").casefold() in YES:
        wanted.values["featured"] = 1


def _variants(wanted: WantedProduct, rows: list[Row], reading: Reading) -> None:
    first, variations = rows[0], rows[1:]
    if not variations:
        if "variable" in _kinds(first):
            wanted.note(first.number, "Type", "It has no variations in this file.", "Add what is sold by hand.")
        else:
            wanted.variants = [_variant(wanted, first, reading, [])]
        return
    names = _options(wanted, variations)
    wanted.values |= {f"option{n}_name": name for n, name in enumerate([*names, "", "", ""][:3], 1)}
    wanted.variants = [_variant(wanted, row, reading, names) for row in variations]
    if first.text("stock"):
        said = "The stock is counted for all variations together there."
        wanted.note(first.number, "Stock", said, "Enter how many there are of each.")


def _options(wanted: WantedProduct, variations: list[Row]) -> list[str]:
    """The attributes by which the variations differ."""
    names: list[str] = []
    for row in variations:
        names += [name for name, value in _attributes(row).items() if value and name not in names]
    any_of = {name for row in variations for name, value in _attributes(row).items() if not value} - set(names)
    for name in sorted(any_of):
        said = f"Its variations are each for any {name}. The shop wants a variant for each: {name} is left out."
        wanted.note(variations[0].number, "Attribute 1 name", said, "Add the variants by hand.")
    if len(names) > 3:
        said = f"Its variations differ by {len(names)} things: {', '.join(names)[:80]}. Three options are the most."
        wanted.wrong(variations[0].number, "Attribute 4 name", said, "Make two products of it, or join two attributes.")
    return names[:3]


def _attributes(row: Row) -> dict[str, str]:
    found = {}
    for number in ATTRIBUTES:
        name = row[f"attribute {number} name"]
        if name is None:
            break
        if name:
            found[one_line(name)] = one_line(row.text(f"attribute {number} value(s)").replace("\\,", ","))
    return found


def _variant(wanted: WantedProduct, row: Row, reading: Reading, names: list[str]) -> WantedVariant:
    attributes = _attributes(row)
    values: dict[str, object] = {"option1": "", "option2": "", "option3": ""}
    values |= {f"option{n}": attributes.get(name) or "Any" for n, name in enumerate(names, 1)}
    values |= _prices(wanted, row, reading)
    values |= without_nothing({"weight_grams": reading.grams(wanted, row, f"weight ({reading.weight_unit})")})
    if _is_variation(row) and row.text("published").casefold() in NO | {"-1", "private"} - {""}:
        values["is_archived"] = True
    values |= _stock(wanted, row, reading)
    return WantedVariant(row.number, reading.line([row], "sku") or "", values)


def _prices(wanted: WantedProduct, row: Row, reading: Reading) -> dict[str, object]:
    regular, sale = reading.price(wanted, row, "regular price"), reading.price(wanted, row, "sale price")
    if not reading.has("regular price"):
        return {}
    if regular is None and row.text("regular price") == "" and not sale:
        wanted.wrong(row.number, "Regular price", "There is no price.", "Give it one there, or in this cell.")
        return {}
    is_on = sale is not None and (regular is None or sale < regular) and _is_sale_on(wanted, row)
    found: dict[str, object] = {"price_cents": sale if is_on or regular is None else regular}
    if reading.has("sale price"):
        found["compare_at_cents"] = regular if is_on else None
    return found


def _is_sale_on(wanted: WantedProduct, row: Row) -> bool:
    day = today()
    starts, ends = (_day(row.text(f"date sale price {which}")) for which in ("starts", "ends"))
    if (starts and starts > day) or (ends and ends < day):
        wanted.note(row.number, "Sale price", "The sale has not begun or is over: the regular price is taken.")
        return False
    return True


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _stock(wanted: WantedProduct, row: Row, reading: Reading) -> dict[str, object]:
    text = row["stock"]
    if text is None:
        return {}
    if text.casefold() in {"", "parent"}:
        if row.text("in stock?").casefold() not in NO:
            wanted.note(row.number, "Stock", UNCOUNTED, "Enter how many there are.")
        return {}
    stock = reading.whole(wanted, row, "stock", may_be_negative=True)
    if stock is not None and stock < 0:
        wanted.note(row.number, "Stock", f"{-stock} more were sold than there were: the stock comes in as 0.")
    return {} if stock is None else {"on_hand": max(stock, 0)}
