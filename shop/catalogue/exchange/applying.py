"""Carrying a plan out, each product in a transaction of its own that also says how far it is."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
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

SLICE = 50
_IN_THE_WAY = (IntegrityError, DataError, DoesNotExist, BelowHeld)

log = logging.getLogger("shop.import")


class Overtaken(Exception):
    """The product is not any more what it was when its change was shown; the message says what differs."""


def carry_out(imported: Import) -> Iterator[None]:
    """Go on where it was left; one turn for each product."""
    while items := _next(imported):
        for item in items:
            _do(imported, item)
            yield
    _finish(imported)


def changes_of(item: ImportItem) -> list[Change]:
    return [Change(*row) for row in json.loads(item.changes)]


def _next(imported: Import) -> list[ImportItem]:
    waiting = ImportItem.outcome.in_([Outcome.NEW, Outcome.CHANGED]) & (ImportItem.fate == Fate.PLANNED)
    found = ImportItem.select().where(ImportItem.imported == imported.id, waiting).order_by(ImportItem.number)
    return list(found.limit(SLICE))


def _do(imported: Import, item: ImportItem) -> None:
    try:
        with changing():
            # Another worker may have done it meanwhile.
            if _take(item, Fate.APPLIED):
                _make(imported, item) if item.made else _change(imported, item)
                Import.update(done=item.number + 1).where(Import.id == imported.id).execute()
    except (Overtaken, *_IN_THE_WAY) as error:
        why = str(error) if isinstance(error, Overtaken) else "Its address, a SKU or a collection is not free any more."
        log.info("product not imported", extra={"fields": {"import": imported.id, "item": item.id}})
        with db.atomic():
            if _take(item, Fate.OVERTAKEN, why=why):
                Import.update(done=item.number + 1).where(Import.id == imported.id).execute()


def _take(item: ImportItem, fate: Fate, why: str = "") -> bool:
    taken = ImportItem.update(fate=fate, why=why).where(ImportItem.id == item.id, ImportItem.fate == Fate.PLANNED)
    return bool(taken.execute())


def _change(imported: Import, item: ImportItem) -> None:
    current = products_with([item.product_id or 0]).get(item.product_id or 0)
    if current is None:
        raise Overtaken("It was deleted meanwhile.")
    changes = changes_of(item)
    for change in changes:
        if value_of(current, change) != change.old:
            raise Overtaken("It was changed meanwhile: what you saw of it is not so any more.")
    done = _hand(imported).change(current, changes)
    ImportItem.update(changes=json.dumps([change.as_row() for change in done])).where(
        ImportItem.id == item.id
    ).execute()


def _make(imported: Import, item: ImportItem) -> None:
    product_id = _hand(imported).make(json.loads(item.made))
    made = products_with([product_id])[product_id].snapshot()
    ImportItem.update(product_id=product_id, made=json.dumps(made)).where(ImportItem.id == item.id).execute()


def _hand(imported: Import) -> Hand:
    return Hand(imported.id, by=f"staff:{imported.confirmed_by}", reason="import")


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
