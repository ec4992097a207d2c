"""What things cost when: a row for every change of a price, and the lowest one before a reduction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .. import clock
from .models import PriceChange, Product, Variant

# What an announced reduction is compared with (Directive 98/6/EC, Article 6a).
LOOKED_BACK = timedelta(days=30)


@dataclass(frozen=True)
class NewPrice:
    """What a variant of a product cost, and what it costs from now on."""

    variant_id: int
    product_id: int
    was: tuple[int, int | None]
    price_cents: int
    compare_at_cents: int | None


def note_price(variant: Variant, *, price_cents: int, compare_at_cents: int | None, by: str) -> int | None:
    """Write down that the variant costs this from now on, in the transaction that changes it.

    Returns the lowest price of the 30 days before, if the new one is announced as a reduction.
    """
    was = (variant.price_cents, variant.compare_at_cents)
    new = NewPrice(variant.id, variant.product_id, was, price_cents, compare_at_cents)
    return note_prices([new], by=by)[variant.id]


def note_prices(new: Sequence[NewPrice], *, by: str) -> dict[int, int | None]:
    """The same for several variants, by their ids."""
    now = clock.now()
    _note_first(new)
    lowest = {each.variant_id: _lowest_before(each, now) for each in new if each.compare_at_cents is not None}
    rows = [_row(each, (each.price_cents, each.compare_at_cents), now, by) for each in new]
    PriceChange.insert_many(rows).execute()
    return {each.variant_id: lowest.get(each.variant_id) for each in new}


def price_changes(variant_id: int) -> Any:
    """The rows of a variant, the newest first."""
    return (
        PriceChange.select()
        .where(PriceChange.variant == variant_id)
        .order_by(PriceChange.at.desc(), PriceChange.id.desc())
    )


def _note_first(new: Sequence[NewPrice]) -> None:
    """What each cost from the beginning, where nobody has written that down."""
    those = [each.variant_id for each in new]
    rows: Any = PriceChange.select(PriceChange.variant).where(PriceChange.variant.in_(those)).distinct().tuples()
    known = {variant_id for (variant_id,) in rows}
    first = [each for each in new if each.variant_id not in known]
    if not first:
        return
    made: Any = Product.select(Product.id, Product.created_at).where(Product.id << [each.product_id for each in first])
    since = dict(made.tuples())
    PriceChange.insert_many([_row(each, each.was, since[each.product_id], "shop") for each in first]).execute()


def _row(each: NewPrice, price: tuple[int, int | None], at: datetime, by: str) -> dict[str, Any]:
    return {"variant": each.variant_id, "price_cents": price[0], "compare_at_cents": price[1], "at": at, "by": by}


def _lowest_before(new: NewPrice, now: datetime) -> int:
    """The lowest price in force on any of the 30 days, the one that begins the span included."""
    rows = list(price_changes(new.variant_id).where(PriceChange.at > now - LOOKED_BACK))
    rows.extend(price_changes(new.variant_id).where(PriceChange.at <= now - LOOKED_BACK).limit(1))
    return int(min([new.was[0], *(row.price_cents for row in rows)]))
