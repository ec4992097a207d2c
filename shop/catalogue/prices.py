"""What things cost when: a row for every change of a price, and the lowest one before a reduction."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from .. import clock
from .models import PriceChange, Product, Variant

# What an announced reduction is compared with (Directive 98/6/EC, Article 6a).
LOOKED_BACK = timedelta(days=30)


def note_price(variant: Variant, *, price_cents: int, compare_at_cents: int | None, by: str) -> int | None:
    """Write down that the variant costs this from now on, in the transaction that changes it.

    Returns the lowest price of the 30 days before, if the new one is announced as a reduction.
    """
    now = clock.now()
    _note_first(variant)
    lowest = _lowest_before(variant, now) if compare_at_cents is not None else None
    PriceChange.create(variant=variant.id, price_cents=price_cents, compare_at_cents=compare_at_cents, at=now, by=by)
    return lowest


def price_changes(variant_id: int) -> Any:
    """The rows of a variant, the newest first."""
    return (
        PriceChange.select()
        .where(PriceChange.variant == variant_id)
        .order_by(PriceChange.at.desc(), PriceChange.id.desc())
    )


def _note_first(variant: Variant) -> None:
    """What it cost from the beginning, where nobody has written that down."""
    if PriceChange.select().where(PriceChange.variant == variant.id).exists():
        return
    since = Product.select(Product.created_at).where(Product.id == variant.product_id).scalar()
    PriceChange.create(
        variant=variant.id, price_cents=variant.price_cents, compare_at_cents=variant.compare_at_cents, at=since
    )


def _lowest_before(variant: Variant, now: datetime) -> int:
    """The lowest price in force on any of the 30 days, the one that begins the span included."""
    rows = list(price_changes(variant.id).where(PriceChange.at > now - LOOKED_BACK))
    rows.extend(price_changes(variant.id).where(PriceChange.at <= now - LOOKED_BACK).limit(1))
    return int(min([variant.price_cents, *(row.price_cents for row in rows)]))
