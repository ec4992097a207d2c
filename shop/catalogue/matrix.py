"""A product's variants, brought in line with the rows of a draft; what may have been sold is archived, not deleted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import slugs, stock
from .checking import SKU_AT_MOST, Problem
from .drafts import ProductDraft, VariantDraft
from .models import PriceChange, Product, Variant
from .prices import note_price

OPENING = "opening stock"


@dataclass
class Saved:
    """What became of the rows: the prices that changed (variant, before, after), and the opening stock that came in."""

    prices: list[tuple[int, int, int]] = field(default_factory=list)
    stocked: list[tuple[int, int]] = field(default_factory=list)


def problems_with_others(draft: ProductDraft, product_id: int | None) -> list[Problem]:
    """Rows that clash with what other products, or this one's archive, hold."""
    return [*_unknown(draft.variants, product_id), *_skus_taken(draft.variants), *_in_archive(draft, product_id)]


def save_variants(product: Product, draft: ProductDraft, *, by: str) -> Saved:
    """In the caller's transaction; the draft has no problems any more."""
    had = {variant.id: variant for variant in Variant.select().where(Variant.product == product.id)}
    saved = Saved()
    rows = _with_ids(draft, had)
    _remove(had, {row.id for row in rows if row.id}, product)
    _make_way(had, rows)
    for position, row in enumerate(_with_skus(product, rows)):
        if row.id is None:
            _create(product, row, position, by, saved)
        else:
            _update(had[row.id], row, position, by, saved)
    return saved


def _unknown(rows: Sequence[VariantDraft], product_id: int | None) -> Iterator[Problem]:
    own = set()
    if product_id is not None:
        own = {variant.id for variant in Variant.select(Variant.id).where(Variant.product == product_id)}
    for place, row in enumerate(rows):
        if row.id is not None and row.id not in own:
            yield Problem("options", "This variant is not the product's any more.", place)


def _skus_taken(rows: Sequence[VariantDraft]) -> Iterator[Problem]:
    wanted = {row.sku: place for place, row in enumerate(rows) if row.sku}
    ids = {row.id for row in rows if row.id}
    holders: Any = (
        Variant.select(Variant.id, Variant.sku, Variant.is_archived, Product.name)
        .join(Product)
        .where(Variant.sku.in_(list(wanted)))
        .tuples()
    )
    for variant_id, sku, is_archived, name in holders:
        # A variant of the same draft that gives the SKU away makes room for it.
        if variant_id not in ids:
            what = "an archived variant of " if is_archived else ""
            yield Problem("sku", f"The SKU {sku} belongs to {what}“{name}”.", wanted[sku])


def _in_archive(draft: ProductDraft, product_id: int | None) -> Iterator[Problem]:
    """A row that takes the name of another variant in the product's archive."""
    if product_id is None:
        return
    ids = {row.id for row in draft.variants if row.id}
    rows = {tuple(row.option(number) for number in range(3)): (at, row) for at, row in enumerate(draft.variants)}
    for variant in Variant.select().where(Variant.product == product_id, Variant.is_archived):
        found = rows.get((variant.option1, variant.option2, variant.option3))
        if found and found[1].id is not None and found[1].id != variant.id and variant.id not in ids:
            yield Problem(
                "options", f"{found[1].name} is in the archive: bring it back, or name this another.", found[0]
            )


def _with_ids(draft: ProductDraft, had: dict[int, Variant]) -> list[VariantDraft]:
    """New rows that are called as an archived variant are that variant."""
    archived = {(each.option1, each.option2, each.option3): each.id for each in had.values() if each.is_archived}
    taken = {row.id for row in draft.variants}
    rows = []
    for row in draft.variants:
        known = archived.get((row.option(0), row.option(1), row.option(2))) if row.id is None else None
        rows.append(_with(row, id=known) if known and known not in taken else row)
    return rows


def _with(row: VariantDraft, **values: Any) -> VariantDraft:
    return VariantDraft(**{**row.__dict__, **values})


def _remove(had: dict[int, Variant], kept: set[int | None], product: Product) -> None:
    """Nobody can have bought, or put into a cart, what was never on show."""
    for variant in had.values():
        if variant.id in kept or variant.is_archived:
            continue
        if product.published_at is None and not variant.held:
            Variant.delete().where(Variant.id == variant.id).execute()
        else:
            Variant.update(is_archived=True).where(Variant.id == variant.id).execute()


def _make_way(had: dict[int, Variant], rows: Sequence[VariantDraft]) -> None:
    """Rows may change names and SKUs among themselves: until each has its own, they have none that clash."""
    changed = [row.id for row in rows if row.id and _key(row) != _key_of(had[row.id])]
    for variant_id in changed:
        Variant.update(option3=f"#{variant_id}", sku=f"#{variant_id}").where(Variant.id == variant_id).execute()


def _key(row: VariantDraft) -> tuple[str, ...]:
    return (row.option(0), row.option(1), row.option(2), row.sku)


def _key_of(variant: Variant) -> tuple[str, ...]:
    return (variant.option1, variant.option2, variant.option3, variant.sku)


def _with_skus(product: Product, rows: Sequence[VariantDraft]) -> list[VariantDraft]:
    """Those without a SKU get one made of the product's address and their options."""
    used = {row.sku for row in rows if row.sku}
    done = []
    for row in rows:
        if not row.sku:
            wished = "-".join([product.slug, *(slugs.slug_of(value, "x") for value in row.options)]).upper()
            row = _with(row, sku=slugs.free_slug(wished[: SKU_AT_MOST - 6], lambda sku: sku in used or _has_sku(sku)))
            used.add(row.sku)
        done.append(row)
    return done


def _has_sku(sku: str) -> bool:
    return bool(Variant.select().where(Variant.sku == sku).exists())


def _columns(row: VariantDraft, position: int) -> dict[str, Any]:
    return {
        "sku": row.sku,
        "option1": row.option(0),
        "option2": row.option(1),
        "option3": row.option(2),
        "position": position,
        "is_archived": False,
        "price_cents": row.price_cents,
        "compare_at_cents": row.compare_at_cents,
        "measure_amount": row.measure_amount,
        "weight_grams": row.weight_grams,
    }


def _create(product: Product, row: VariantDraft, position: int, by: str, saved: Saved) -> None:
    variant = Variant.create(product=product.id, **_columns(row, position))
    PriceChange.create(variant=variant.id, price_cents=row.price_cents, compare_at_cents=row.compare_at_cents, by=by)
    if row.opening_stock:
        stock.restock(variant_id=variant.id, quantity=row.opening_stock, reason="received", ref=OPENING, by=by)
        saved.stocked.append((variant.id, row.opening_stock))


def _update(variant: Variant, row: VariantDraft, position: int, by: str, saved: Saved) -> None:
    columns = _columns(row, position)
    if (variant.price_cents, variant.compare_at_cents) != (row.price_cents, row.compare_at_cents):
        columns["lowest_before_cents"] = note_price(
            variant, price_cents=row.price_cents, compare_at_cents=row.compare_at_cents, by=by
        )
        if variant.price_cents != row.price_cents:
            saved.prices.append((variant.id, variant.price_cents, row.price_cents))
    Variant.update(columns).where(Variant.id == variant.id).execute()
