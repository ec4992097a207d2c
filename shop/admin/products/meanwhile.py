"""What somebody else changed while a form was open, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ...catalogue.desk import edits_of
from ...catalogue.drafts import ProductDraft, VariantDraft, draft_of
from ...catalogue.models import Product
from ...money import money
from ..queries import staff_names

WORDS = {
    "name": "the name",
    "slug": "the address",
    "summary": "the sentence",
    "description": "the description",
    "care": "the care",
    "origin": "where it comes from",
    "maker": "the maker",
    "tax_class": "the tax class",
    "measure": "the measure",
    "featured": "its place among the featured",
    "low_at": "from when it is low",
    "option_names": "the options",
    "collections": "the collections",
    "variants": "the variants",
    "prices": "the prices",
}
EDITS_AT_MOST = 20
LETTERS_SHOWN = 200


@dataclass(frozen=True)
class Edited:
    """One edit: who it was, when, and what it changed, as words."""

    who: str
    at: datetime
    what: str


@dataclass(frozen=True)
class Meanwhile:
    """The edits that somebody has not seen, and where they differ from what that person typed."""

    edits: list[Edited]
    differences: list[str]


def meanwhile(product: Product, *, since: int, typed: ProductDraft) -> Meanwhile:
    """`since` is the version that the typed one began with."""
    edits = edits_of(product.id, after=since, most=EDITS_AT_MOST)
    fields = {name for edit in edits for name in edit.fields.split()}
    return Meanwhile(edited(product.id, after=since), list(_differences(draft_of(product), typed, fields)))


def edited(product_id: int, *, after: int = 0, most: int = 5) -> list[Edited]:
    """Who changed the product, the newest first."""
    rows = edits_of(product_id, after=after, most=most)
    names = staff_names({int(row.by.partition(":")[2]) for row in rows if row.by.startswith("staff:")})
    return [
        Edited(names.get(int(row.by.partition(":")[2] or 0), "The shop"), row.at, in_words(row.fields)) for row in rows
    ]


def in_words(fields: str) -> str:
    """Such as "the name, the prices"; nothing was changed when it was made."""
    return ", ".join(WORDS.get(name, name) for name in fields.split()) or "made it"


def _differences(now: ProductDraft, typed: ProductDraft, fields: set[str]) -> Iterator[str]:
    for name in WORDS:
        if name not in fields or name in {"variants", "prices", "collections", "option_names"}:
            continue
        if getattr(now, name) != getattr(typed, name):
            yield f"{WORDS[name].capitalize()} is now “{str(getattr(now, name))[:LETTERS_SHOWN]}”."
    if fields & {"variants", "prices", "option_names"}:
        yield from _of_variants(now, typed)
    if "collections" in fields and now.collections != typed.collections:
        yield "It stands in other collections now."


def _of_variants(now: ProductDraft, typed: ProductDraft) -> Iterator[str]:
    mine = {row.id: row for row in typed.variants if row.id}
    for row in now.variants:
        what = row.name or "The price"
        if row.id not in mine:
            yield f"{row.name or row.sku} was added, and is not among yours."
        elif row.price_cents != mine[row.id].price_cents:
            yield f"{what} is now {money(row.price_cents)}."
        elif _facts(row) != _facts(mine[row.id]):
            yield f"{row.name or row.sku} was changed: SKU {row.sku}, {row.weight_grams} g."
    gone = mine.keys() - {row.id for row in now.variants}
    yield from (f"{mine[each].name or mine[each].sku} was removed." for each in sorted(gone))


def _facts(row: VariantDraft) -> tuple[object, ...]:
    return (row.sku, row.options, row.compare_at_cents, row.measure_amount, row.weight_grams)
