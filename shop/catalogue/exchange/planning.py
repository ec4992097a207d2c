"""Reading an uploaded file into a plan, a slice at a time: nothing of the catalogue is written."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator
from typing import Any

from ... import clock
from ...config import settings
from ...db import db
from ..slugs import slug_of
from .comparing import Plan, Shop, compare, made_sku, numbered
from .current import ids_of, owners_of, products_with, shelves, tax_classes
from .decoding import Refused
from .formats import Source, source_of
from .models import Import, ImportItem, ImportPart, ImportProblem, Outcome, Step
from .wanted import Problem, WantedProduct

PRODUCTS_IN_A_SLICE, ROWS_IN_A_SLICE = 100, 1_000
ERRORS_AT_MOST, NOTES_AT_MOST = 5_000, 2_000


def plan(imported: Import) -> Iterator[None]:
    """Go on planning where it was left; one turn for each slice. Another worker that plans the same ends this one."""
    try:
        source = source_of(content_of(imported), settings().currency_exponent)
    except Refused as refused:
        _refuse(imported, refused)
        return
    if imported.done == 0 and not _begin(imported, source):
        return
    while imported.done < len(source.groups):
        if not _plan_slice(imported, source):
            return
        yield
    _finish(imported)


def content_of(imported: Import) -> bytes:
    parts = ImportPart.select(ImportPart.content).where(ImportPart.imported == imported.id).order_by(ImportPart.number)
    rows: Any = parts.tuples()
    return zlib.decompress(b"".join(bytes(content) for (content,) in rows))


def _refuse(imported: Import, refused: Refused) -> None:
    with db.atomic():
        if _advance(imported, step=Step.REFUSED, planned_at=clock.now()):
            ImportProblem.delete().where(ImportProblem.imported == imported.id).execute()
            _write_problems(imported, [Problem(refused.row, refused.column, refused.text, refused.fix)])


def _begin(imported: Import, source: Source) -> bool:
    with db.atomic():
        known = {"format": source.format, "encoding": source.encoding, "delimiter": source.delimiter}
        if not _advance(imported, **known, not_taken=source.not_taken, total=len(source.groups), plan_hash=""):
            return False
        for table in (ImportItem, ImportProblem):
            table.delete().where(table.imported == imported.id).execute()
        _write_problems(imported, [problem for problem in source.problems if problem.row == 0])
    return True


def _advance(imported: Import, **columns: object) -> bool:
    """Write how far the plan is, unless somebody else has gone on with it."""
    moved = (
        Import.update(**columns)
        .where(Import.id == imported.id, Import.step == Step.READING, Import.done == imported.done)
        .execute()
    )
    for name, value in columns.items() if moved else ():
        setattr(imported, name, value)
    return bool(moved)


def _plan_slice(imported: Import, source: Source) -> bool:
    start, end = imported.done, _end_of_slice(source, imported.done)
    products = [source.read(number) for number in range(start, end)]
    # Nobody is kept waiting while this is worked out: the plan is compared once more before it is carried out.
    shop = _shop(imported, products)
    plans = [compare(product, shop) for product in products]
    rows = [
        _item(number, product, plan) for number, (product, plan) in enumerate(zip(products, plans, strict=True), start)
    ]
    digest = hashlib.sha256(json.dumps([imported.plan_hash, *rows], sort_keys=True).encode()).hexdigest()
    with db.atomic():
        if not _advance(imported, done=end, plan_hash=digest):
            return False
        ImportItem.insert_many([{**row, "imported": imported.id} for row in rows]).execute()
        _write_problems(imported, [problem for product in products for problem in product.problems])
    return True


def _end_of_slice(source: Source, start: int) -> int:
    """So many products, or rows, that what is asked about them fits into one question."""
    end, rows = start + 1, len(source.groups[start])
    while end < min(start + PRODUCTS_IN_A_SLICE, len(source.groups)) and rows < ROWS_IN_A_SLICE:
        rows += len(source.groups[end])
        end += 1
    return end


def _shop(imported: Import, products: list[WantedProduct]) -> Shop:
    """What the shop has of these products: a fixed number of queries."""
    slugs = {each.slug for each in products}
    by_slug = ids_of(slugs)
    for product in products:
        if product.slug not in by_slug:
            _give_address(product)
    by_slug = ids_of(slugs | {each.slug for each in products})
    skus = {variant.sku for each in products for variant in each.variants if variant.sku}
    wished = {made_sku(each.slug, variant) for each in products for variant in each.variants if not variant.sku}
    tried = {each for sku in wished for each in numbered(sku, 3)}
    by_sku = owners_of(skus | tried)
    return Shop(
        products=products_with({*by_slug.values(), *(by_sku[sku] for sku in skus & by_sku.keys())}),
        by_slug=by_slug,
        by_sku=by_sku,
        shelves=shelves(),
        tax_classes=tax_classes(),
        taken_slugs=_taken_slugs(imported, products),
        taken_skus=tried & by_sku.keys() | skus,
    )


def _give_address(product: WantedProduct) -> None:
    """What the file says, or the name, as an address can be."""
    wished = product.slug
    product.slug = slug_of(wished or product.name, "product")
    if product.moves and product.slug != wished:
        said = f"An address has small letters, digits and hyphens: it becomes {product.slug}."
        product.note(product.row, "Address", said)


def _taken_slugs(imported: Import, products: list[WantedProduct]) -> set[str]:
    """Of the addresses that new products may want, those of the shop and those of earlier rows."""
    tried = {each for product in products for each in numbered(product.slug, 1 if product.is_known_by_slug else 9)}
    earlier = ImportItem.select(ImportItem.slug).where(
        ImportItem.imported == imported.id, ImportItem.outcome == Outcome.NEW, ImportItem.slug.in_(tried)
    )
    rows: Any = earlier.tuples()
    return set(ids_of(tried)) | {slug for (slug,) in rows}


def _item(number: int, product: WantedProduct, plan: Plan) -> dict[str, object]:
    return {
        "number": number,
        "row": product.row,
        "name": (product.name or product.slug)[:200],
        "slug": plan.slug,
        "outcome": plan.outcome,
        "product_id": plan.product_id,
        "changes": json.dumps([change.as_row() for change in plan.changes]),
        "made": json.dumps(plan.made) if plan.made else "",
        "pictures": json.dumps([[url[:500], alt[:300]] for url, alt in product.pictures[:50]]),
    }


def _write_problems(imported: Import, problems: list[Problem]) -> None:
    problems = [*_that_fit(imported, problems, True), *_that_fit(imported, _not_said(imported, problems), False)]
    rows = [
        {
            "imported": imported.id,
            "row": problem.row,
            "column": problem.column[:100],
            "text": problem.text[:500],
            "fix": problem.fix[:500],
            "is_error": problem.is_error,
        }
        for problem in sorted(problems, key=lambda problem: problem.row)
    ]
    if rows:
        ImportProblem.insert_many(rows).execute()


def _that_fit(imported: Import, problems: list[Problem], is_error: bool) -> list[Problem]:
    """Nobody reads more; products with an error are left out all the same."""
    there = ImportProblem.select().where(ImportProblem.imported == imported.id, ImportProblem.is_error == is_error)
    most = (ERRORS_AT_MOST if is_error else NOTES_AT_MOST) - there.count()
    return [problem for problem in problems if problem.is_error == is_error][: max(most, 0)]


def _not_said(imported: Import, problems: list[Problem]) -> list[Problem]:
    """Without what is true of many rows and was said of one."""
    once = {problem.text for problem in problems if problem.is_said_once}
    there = ImportProblem.select(ImportProblem.text).where(
        ImportProblem.imported == imported.id, ImportProblem.text.in_(once)
    )
    rows: Any = there.tuples()
    said = {text for (text,) in rows}
    kept = []
    for problem in problems:
        if not problem.is_said_once or problem.text not in said:
            kept.append(problem)
            said |= {problem.text} if problem.is_said_once else set()
    return kept


def _finish(imported: Import) -> None:
    """Show the plan; one that was confirmed before, and is still the same, is carried out."""
    is_as_confirmed = bool(imported.confirmed) and imported.confirmed == imported.plan_hash
    with db.atomic():
        _advance(
            imported,
            step=Step.APPLYING if is_as_confirmed else Step.READY,
            is_overtaken=bool(imported.confirmed) and not is_as_confirmed,
            confirmed=imported.plan_hash if is_as_confirmed else "",
            planned_at=clock.now(),
            done=0 if is_as_confirmed else imported.done,
        )
