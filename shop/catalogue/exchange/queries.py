"""Imports as the desk shows them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from os.path import commonprefix
from typing import Any

from peewee import fn

from ...money import money
from ...web import LARGEST_ID
from .comparing import Change
from .current import shelves
from .models import Import, ImportItem, ImportProblem, Outcome
from .words import WORDS

ITEMS_ON_A_PAGE = 50
PROBLEMS_ON_A_PAGE = 100
LETTERS_SHOWN = 140


@dataclass(frozen=True)
class Counts:
    """How many products have which outcome and which fate, and how many problems of which kind there are."""

    outcomes: dict[str, int]
    fates: dict[str, int]
    errors: int
    notes: int
    pictures: int

    @property
    def to_write(self) -> int:
        return self.outcomes.get(Outcome.NEW, 0) + self.outcomes.get(Outcome.CHANGED, 0)


@dataclass(frozen=True)
class ShownChange:
    """A change in words: "Price of ALDER-TOTE-MOSS", from, to."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class ShownItem:
    item: ImportItem
    changes: list[ShownChange]


@dataclass(frozen=True)
class ItemPage:
    """`after` is where the next page begins."""

    items: list[ShownItem]
    after: int | None


def recent_imports(most: int = 20) -> list[Import]:
    return list(Import.select().order_by(Import.created_at.desc(), Import.id.desc()).limit(most))


def import_with(import_id: int) -> Import | None:
    found: Import | None = Import.get_or_none(Import.id == import_id)
    return found


def counts_of(imported: Import) -> Counts:
    problems = _counted(ImportProblem, ImportProblem.is_error, imported)
    pictures = ImportItem.select().where(ImportItem.imported == imported.id, ImportItem.pictures != "[]").count()
    return Counts(
        outcomes=_counted(ImportItem, ImportItem.outcome, imported),
        fates=_counted(ImportItem, ImportItem.fate, imported),
        errors=problems.get(True, 0),
        notes=problems.get(False, 0),
        pictures=pictures,
    )


def _counted(model: Any, column: Any, imported: Import) -> dict[Any, int]:
    rows: Any = model.select(column, fn.COUNT(model.id)).where(model.imported == imported.id).group_by(column).tuples()
    return dict(rows)


def items_of(imported: Import, *, outcome: str = "", fate: str = "", after: int = 0) -> ItemPage:
    """Those with an outcome, or a fate, in the file's order."""
    query = ImportItem.select().where(ImportItem.imported == imported.id, ImportItem.number >= after)
    query = query.where(ImportItem.outcome == outcome) if outcome else query
    query = query.where(ImportItem.fate == fate) if fate else query
    rows = list(query.order_by(ImportItem.number).limit(ITEMS_ON_A_PAGE + 1))
    names = {shelf.path: f"{shelf.section_name} > {shelf.collection_name}" for shelf in shelves()} if rows else {}
    shown = [ShownItem(row, list(shown_changes(row, names))) for row in rows[:ITEMS_ON_A_PAGE]]
    return ItemPage(shown, rows[ITEMS_ON_A_PAGE].number if len(rows) > ITEMS_ON_A_PAGE else None)


def problems_of(imported: Import, *, is_error: bool | None = None, after: int = 0, most: int = LARGEST_ID) -> Any:
    """From the problem `after` on, those of the whole file first."""
    query = ImportProblem.select().where(ImportProblem.imported == imported.id, ImportProblem.id > after)
    query = query if is_error is None else query.where(ImportProblem.is_error == is_error)
    return query.order_by(ImportProblem.id).limit(most)


def pictures_of(imported: Import) -> Iterator[tuple[str, str, str]]:
    """Product, address and description of every picture that the file names."""
    rows = ImportItem.select().where(ImportItem.imported == imported.id, ImportItem.pictures != "[]")
    for row in rows.order_by(ImportItem.number).iterator():
        for url, alt in json.loads(row.pictures):
            yield row.name, url, alt


def shown_changes(item: ImportItem, names: dict[str, str]) -> Iterator[ShownChange]:
    """What happens to a product; of a new one the variants that it comes with. `names` are those of paths."""
    if item.made:
        made = json.loads(item.made)
        yield ShownChange(WORDS["state"], "", made["values"]["state"])
        for variant in made["variants"]:
            yield ShownChange("Variant", "", _variant(variant))
        if made["places"]:
            yield ShownChange(WORDS["collections"], "", _named(made["places"], names))
        return
    for row in json.loads(item.changes):
        change = Change(*row)
        if change.field == "variant":
            yield ShownChange(WORDS["variant"], "", _variant(change.new))
            continue
        if change.field == "collections":
            yield ShownChange(WORDS["collections"], _named(change.old, names), _named(change.new, names))
            continue
        label = WORDS[change.field] + (f" of {change.sku}" if change.sku else "")
        yield ShownChange(label, *_excerpts(_shown(change.field, change.old), _shown(change.field, change.new)))


def _variant(values: dict[str, Any]) -> str:
    options = " / ".join(filter(None, (values.get(f"option{number}", "") for number in (1, 2, 3))))
    price = values.get("price_cents")
    stock = f"{values.get('on_hand') or 0} in stock"
    return ", ".join(filter(None, (values["sku"], options, "" if price is None else money(price), stock)))


def _named(places: list[str], names: dict[str, str]) -> str:
    return ", ".join(names.get(place, place) for place in places) or "none"


def _shown(field: str, value: Any) -> str:
    if field.endswith("_cents"):
        return "none" if value is None else money(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field == "weight_grams":
        return f"{value} g"
    return ("" if value is None else " ".join(str(value).split())) or "empty"


def _excerpts(old: str, new: str) -> tuple[str, str]:
    """Of long texts the place where they begin to differ."""
    alike = len(commonprefix((old, new)))
    start = max(0, alike - LETTERS_SHOWN // 3) if max(len(old), len(new)) > LETTERS_SHOWN else 0
    return _excerpt(old, start), _excerpt(new, start)


def _excerpt(text: str, start: int) -> str:
    end = start + LETTERS_SHOWN
    return f"{'…' if start else ''}{text[start:end]}{'…' if len(text) > end else ''}"
