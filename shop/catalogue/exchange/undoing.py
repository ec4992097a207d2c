"""Taking a whole import back, the last product first; what was sold or edited since is left, and said."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from ... import clock
from ...audit.services import record
from .. import search, slugs
from ..models import Collection, Product, ProductCollection, Section, StockMovement
from ..services import bump_version, changing
from ..slugs import Kind
from .applying import changes_of, each_once, fates_of, value_of
from .comparing import Change
from .current import CurrentProduct, CurrentVariant, products_with
from .models import Fate, Import, ImportItem, ImportPlace, Step
from .saving import Hand
from .words import WORDS

SLICE = 20
SOLD = "It was sold since."


def take_back(imported: Import) -> Iterator[None]:
    """Go on where it was left; one turn for each slice, which is a transaction."""
    while _undo_next(imported):
        yield
    _finish(imported)


def _undo_next(imported: Import) -> int:
    """How many products it was; one worker after another gets here, so that none is taken back twice."""
    with changing():
        items = each_once(_next(imported))
        there = products_with([item.product_id or 0 for item in items]) if items else {}
        sold = _sold([variant.id for product in there.values() for variant in product.variants])
        for item in items:
            current = there.get(item.product_id or 0)
            item.why = _why_kept(item, current, sold) if current else ""
            item.fate = Fate.KEPT if item.why else Fate.UNDONE
            item.save()
        back = [
            (item, there[item.product_id or 0])
            for item in items
            if item.fate == Fate.UNDONE and item.product_id in there
        ]
        _remove([current.id for item, current in back if item.made])
        _restore(imported, [(item, current) for item, current in back if not item.made])
        if items:
            Import.update(done=Import.done + len(items)).where(Import.id == imported.id).execute()
    return len(items)


def _next(imported: Import) -> list[ImportItem]:
    waiting = (ImportItem.imported == imported.id) & (ImportItem.fate == Fate.APPLIED)
    return list(ImportItem.select().where(waiting).order_by(ImportItem.number.desc()).limit(SLICE))


def _sold(variants: Sequence[int]) -> set[int]:
    """Those of the variants that somebody has bought."""
    rows: Any = StockMovement.select(StockMovement.variant).where(
        StockMovement.variant.in_(list(variants)), StockMovement.reason == "sold"
    )
    return {variant_id for (variant_id,) in rows.distinct().tuples()}


def _why_kept(item: ImportItem, current: CurrentProduct, sold: set[int]) -> str:
    """Why the product cannot be taken back, for whoever asked; "" when it can."""
    if not item.made:
        return next(filter(None, (_why_not_back(current, change, sold) for change in changes_of(item))), "")
    if _was_sold(current.variants, sold):
        return SOLD
    return "" if current.snapshot() == json.loads(item.made) else "It was edited since."


def _was_sold(variants: Sequence[CurrentVariant], sold: set[int]) -> bool:
    return any(each.held or each.id in sold for each in variants)


def _why_not_back(current: CurrentProduct, change: Change, sold: set[int]) -> str:
    """Only what is still as the import left it is put back; stock goes back by as much as it came."""
    if change.field == "on_hand":
        variant = next((each for each in current.variants if each.id == change.variant), None)
        if variant is None or variant.values["on_hand"] - (change.new - change.old) < variant.held:
            return f"Of {change.sku} so many were sold since that its stock cannot go back."
    elif change.field == "variant":
        there = [each for each in current.variants if each.id == change.variant]
        if _was_sold(there, sold):
            return SOLD
        if there and any(there[0].values.get(name) != value for name, value in change.new.items()):
            return f"Its new variant {change.sku} was edited since."
    elif value_of(current, change) != change.new:
        return f"{WORDS[change.field]}{f' of {change.sku}' if change.sku else ''} was edited since."
    return ""


def _remove(ids: Sequence[int]) -> None:
    """Products that came with the import, and are as they came."""
    if ids:
        search.forget_products(ids)
        slugs.gone(Kind.PRODUCT, *ids)
        Product.delete().where(Product.id.in_(list(ids))).execute()
        bump_version()


def _restore(imported: Import, items: Sequence[tuple[ImportItem, CurrentProduct]]) -> None:
    hand = Hand(imported.id, by=f"staff:{imported.confirmed_by}", reason="import undone")
    for item, current in items:
        hand.change(current, [_back(current, change) for change in reversed(changes_of(item))])
    hand.finish()


def _back(current: CurrentProduct, change: Change) -> Change:
    old = change.old
    if change.field == "on_hand":
        variant = next(each for each in current.variants if each.id == change.variant)
        old = variant.values["on_hand"] - (change.new - change.old)
    return Change(change.field, change.new, old, change.variant, change.sku)


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
