"""Taking a whole import back, the last product first; what was sold or edited since is left, and said."""

from __future__ import annotations

import json
from collections.abc import Iterator

from peewee import fn

from ... import clock
from ...audit.services import record
from ...db import db
from .. import search, slugs
from ..models import Collection, Product, ProductCollection, Section, StockMovement
from ..services import bump_version, changing
from ..slugs import Kind
from .applying import changes_of, fates_of, value_of
from .comparing import Change
from .current import CurrentProduct, CurrentVariant, products_with
from .models import Fate, Import, ImportItem, ImportPlace, Step
from .saving import Hand
from .words import WORDS

SLICE = 50


class Kept(Exception):
    """The product cannot be taken back; the message says why, for whoever asked."""


def take_back(imported: Import) -> Iterator[None]:
    """Go on where it was left; one turn for each product."""
    while items := _next(imported):
        for item in items:
            _undo(imported, item)
            yield
    _finish(imported)


def _next(imported: Import) -> list[ImportItem]:
    waiting = (ImportItem.imported == imported.id) & (ImportItem.fate == Fate.APPLIED)
    return list(ImportItem.select().where(waiting).order_by(ImportItem.number.desc()).limit(SLICE))


def _undo(imported: Import, item: ImportItem) -> None:
    try:
        with changing():
            if _take(imported, item, Fate.UNDONE):
                current = products_with([item.product_id or 0]).get(item.product_id or 0)
                if current is not None:
                    _remove(item, current) if item.made else _restore(imported, item, current)
    except Kept as kept:
        with db.atomic():
            _take(imported, item, Fate.KEPT, str(kept))


def _take(imported: Import, item: ImportItem, fate: Fate, why: str = "") -> bool:
    waiting = (ImportItem.id == item.id) & (ImportItem.fate == Fate.APPLIED)
    if not ImportItem.update(fate=fate, why=why).where(waiting).execute():
        return False
    Import.update(done=Import.done + 1).where(Import.id == imported.id).execute()
    return True


def _remove(item: ImportItem, current: CurrentProduct) -> None:
    """A product that came with the import, if it is as it came."""
    _refuse_sold(current.variants)
    if current.snapshot() != json.loads(item.made):
        raise Kept("It was edited since.")
    search.forget_product(current.id)
    slugs.gone(Kind.PRODUCT, current.id)
    Product.delete().where(Product.id == current.id).execute()
    bump_version()


def _restore(imported: Import, item: ImportItem, current: CurrentProduct) -> None:
    changes = changes_of(item)
    for change in changes:
        _refuse_other(current, change)
    back = [_back(current, change) for change in reversed(changes)]
    by = f"staff:{imported.confirmed_by}"
    Hand(imported.id, by=by, reason="import undone").change(current, back)


def _refuse_other(current: CurrentProduct, change: Change) -> None:
    """Only what is still as the import left it is put back; stock goes back by as much as it came."""
    if change.field == "on_hand":
        variant = next((each for each in current.variants if each.id == change.variant), None)
        if variant is None or variant.values["on_hand"] - (change.new - change.old) < variant.held:
            raise Kept(f"Of {change.sku} so many were sold since that its stock cannot go back.")
    elif change.field == "variant":
        there = [each for each in current.variants if each.id == change.variant]
        _refuse_sold(there)
        if there and any(there[0].values.get(name) != value for name, value in change.new.items()):
            raise Kept(f"Its new variant {change.sku} was edited since.")
    elif value_of(current, change) != change.new:
        raise Kept(f"{WORDS[change.field]}{f' of {change.sku}' if change.sku else ''} was edited since.")


def _back(current: CurrentProduct, change: Change) -> Change:
    old = change.old
    if change.field == "on_hand":
        variant = next(each for each in current.variants if each.id == change.variant)
        old = variant.values["on_hand"] - (change.new - change.old)
    return Change(change.field, change.new, old, change.variant, change.sku)


def _refuse_sold(variants: list[CurrentVariant]) -> None:
    sold = StockMovement.select(fn.COUNT(StockMovement.id)).where(
        StockMovement.variant.in_([each.id for each in variants]), StockMovement.reason == "sold"
    )
    if sold.scalar() or any(each.held for each in variants):
        raise Kept("It was sold since.")


def _finish(imported: Import) -> None:
    with changing():
        ended = Import.update(step=Step.UNDONE, undone_at=clock.now())
        if not ended.where(Import.id == imported.id, Import.step == Step.UNDOING).execute():
            return
        _remove_empty_places(imported)
        fates = fates_of(imported.id)
        record(
            "import-undone",
            actor=f"staff:{imported.confirmed_by}",
            about=("import", imported.id),
            undone=fates.get(Fate.UNDONE, 0),
            kept=fates.get(Fate.KEPT, 0),
        )


def _remove_empty_places(imported: Import) -> None:
    """Collections, then sections, that the import made and nothing is in any more."""
    made = ImportPlace.select().where(ImportPlace.imported == imported.id).order_by(ImportPlace.is_section)
    for place in made:
        within = Collection.section if place.is_section else ProductCollection.collection
        if not within.model.select().where(within == place.place_id).exists():
            model = Section if place.is_section else Collection
            model.delete().where(model.id == place.place_id).execute()
            slugs.gone(Kind.SECTION if place.is_section else Kind.COLLECTION, place.place_id)
    ImportPlace.delete().where(ImportPlace.imported == imported.id).execute()
    bump_version()
