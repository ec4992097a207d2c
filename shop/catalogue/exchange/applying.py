"""Carrying a plan out, some products at a time in a transaction that also says how far it is."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from typing import Any

from peewee import DataError, DoesNotExist, IntegrityError, fn

from ... import clock
from ...audit.services import record
from ...db import db
from ..services import changing
from ..stock import BelowHeld
from .comparing import Change
from .current import CurrentProduct, products_with
from .models import Fate, Import, ImportItem, Outcome, Step
from .saving import Hand

# So many products at once hold back whoever else writes for a tenth of a second or so.
SLICE = 20
_IN_THE_WAY = (IntegrityError, DataError, DoesNotExist, BelowHeld)

log = logging.getLogger("shop.import")


def carry_out(imported: Import) -> Iterator[None]:
    """Go on where it was left; one turn for each slice, which is a transaction."""
    while True:
        try:
            if not _do_next(imported, SLICE):
                break
            yield
        except _IN_THE_WAY:
            # Somebody is in the way of one of them: each by itself, then, so that the others come in.
            for _ in range(SLICE):
                _do_alone(imported)
                yield
    _finish(imported)


def changes_of(item: ImportItem) -> list[Change]:
    return [Change(*row) for row in json.loads(item.changes)]


def each_once(items: Sequence[ImportItem]) -> list[ImportItem]:
    """As many from the front as are about different products: a second change is made to what the first has left."""
    seen: set[int] = set()
    found = []
    for item in items:
        if item.product_id is not None:
            if item.product_id in seen:
                break
            seen.add(item.product_id)
        found.append(item)
    return found


def _do_alone(imported: Import) -> None:
    try:
        _do_next(imported, 1)
    except _IN_THE_WAY:
        with changing():
            for item in _next(imported, 1):
                item.fate, item.why = Fate.OVERTAKEN, "Its address, a SKU or a collection is not free any more."
                log.info("product not imported", extra={"fields": {"import": imported.id, "item": item.id}})
                _note(imported, [item])


def _do_next(imported: Import, most: int) -> int:
    """How many products it was; one worker after another gets here, so that none is done twice."""
    with changing():
        items = each_once(_next(imported, most))
        hand = Hand(imported.id, by=f"staff:{imported.confirmed_by}", reason="import")
        _change(hand, [item for item in items if not item.made])
        _make(hand, [item for item in items if item.made])
        hand.finish()
        _keep_snapshots([item for item in items if item.made])
        _note(imported, items)
    return len(items)


def _next(imported: Import, most: int) -> list[ImportItem]:
    waiting = ImportItem.outcome.in_([Outcome.NEW, Outcome.CHANGED]) & (ImportItem.fate == Fate.PLANNED)
    found = ImportItem.select().where(ImportItem.imported == imported.id, waiting).order_by(ImportItem.number)
    return list(found.limit(most))


def _note(imported: Import, items: Sequence[ImportItem]) -> None:
    for item in items:
        item.save()
    if items:
        Import.update(done=items[-1].number + 1).where(Import.id == imported.id).execute()


def _change(hand: Hand, items: Sequence[ImportItem]) -> None:
    there = products_with([item.product_id or 0 for item in items]) if items else {}
    for item in items:
        current, changes = there.get(item.product_id or 0), changes_of(item)
        item.why = _overtaken(current, changes)
        item.fate = Fate.OVERTAKEN if item.why else Fate.APPLIED
        if current is not None and not item.why:
            item.changes = json.dumps([change.as_row() for change in hand.change(current, changes)])


def _overtaken(current: CurrentProduct | None, changes: Sequence[Change]) -> str:
    """Why the product is not any more what it was when its change was shown; "" if it is."""
    if current is None:
        return "It was deleted meanwhile."
    if any(value_of(current, change) != change.old for change in changes):
        return "It was changed meanwhile: what you saw of it is not so any more."
    return ""


def _make(hand: Hand, items: Sequence[ImportItem]) -> None:
    for item, product_id in zip(items, hand.make([json.loads(item.made) for item in items]), strict=True):
        item.product_id, item.fate = product_id, Fate.APPLIED


def _keep_snapshots(items: Sequence[ImportItem]) -> None:
    """What the new products are now, to see later whether somebody edited them."""
    there = products_with([item.product_id or 0 for item in items]) if items else {}
    for item in items:
        item.made = json.dumps(there[item.product_id or 0].snapshot())


def value_of(current: CurrentProduct, change: Change) -> Any:
    """What the product has now where `change` changes it."""
    if change.field == "collections":
        return current.places
    if change.field == "variant":
        there = current.variant(change.sku)
        return there and there.values
    if change.variant is None:
        return current.values[change.field]
    variant = next((each for each in current.variants if each.id == change.variant), None)
    return variant.values[change.field] if variant else None


def _finish(imported: Import) -> None:
    with db.atomic():
        ended = Import.update(step=Step.APPLIED, applied_at=clock.now(), done=imported.total)
        if not ended.where(Import.id == imported.id, Import.step == Step.APPLYING).execute():
            return
        fates = fates_of(imported.id)
        record(
            "products-imported",
            actor=f"staff:{imported.confirmed_by}",
            about=("import", imported.id),
            done=fates.get(Fate.APPLIED, 0),
            overtaken=fates.get(Fate.OVERTAKEN, 0),
        )


def fates_of(import_id: int) -> dict[str, int]:
    """How many products had which fate, of those that were to be written."""
    rows: Any = (
        ImportItem.select(ImportItem.fate, fn.COUNT(ImportItem.id))
        .where(ImportItem.imported == import_id, ImportItem.outcome.in_([Outcome.NEW, Outcome.CHANGED]))
        .group_by(ImportItem.fate)
        .tuples()
    )
    return dict(rows)
