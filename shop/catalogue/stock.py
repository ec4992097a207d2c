"""The stock ledger: every move is a guarded update with its movement beside it, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from peewee import Expression, fn

from ..audit.services import record
from .models import Product, ProductState, StockMovement, Variant
from .services import available_of, bump_version, changing

# From this many down, pages name the number that is left.
FEW_LEFT = 5


class Reason(StrEnum):
    """Why somebody at the desk changes what is in stock."""

    RECEIVED = "received"
    COUNTED = "counted"
    DAMAGED = "damaged"
    RETURNED = "returned"
    CORRECTION = "correction"


class BelowHeld(Exception):
    """So many cannot be taken off the shelf: `held` are promised to payments under way, and `on_hand` are there."""

    def __init__(self, on_hand: int, held: int) -> None:
        super().__init__(f"{on_hand} are there, and {held} of them are promised")
        self.on_hand = on_hand
        self.held = held


class OutOfStock(Exception):
    """Fewer are left than were asked for; `available` is how many."""

    def __init__(self, variant_id: int, available: int) -> None:
        super().__init__(f"variant {variant_id} has {available} left")
        self.variant_id = variant_id
        self.available = available


def hold_stock(*, variant_id: int, quantity: int) -> None:
    """Promise `quantity` pieces to a payment under way; raises OutOfStock when there are too few, or none for sale."""
    _only_positive(quantity)
    on_sale = Product.select(Product.id).where(Product.state == ProductState.ACTIVE)
    with changing():
        moved = _move(
            variant_id,
            {Variant.held: Variant.held + quantity},
            Variant.on_hand - Variant.held >= quantity,
            ~Variant.is_archived,
            Variant.product.in_(on_sale),
        )
        if moved is None:
            raise OutOfStock(variant_id, _left(variant_id))
        _show_change(moved, gone=quantity)


def release_stock(*, variant_id: int, quantity: int) -> None:
    """Give back what `hold_stock` promised; raises ValueError when no such hold can exist."""
    _only_positive(quantity)
    with changing():
        moved = _move(variant_id, {Variant.held: Variant.held - quantity}, Variant.held >= quantity)
        if moved is None:
            raise ValueError(f"variant {variant_id} has no {quantity} held")
        _show_change(moved, gone=-quantity)


def sell_held(*, variant_id: int, quantity: int, ref: str) -> bool:
    """Take held pieces off the shelf for good, once per `ref`; a second call does nothing and returns False."""
    _only_positive(quantity)
    with changing():
        if not _enter(variant_id, -quantity, "sold", ref):
            return False
        moved = _move(
            variant_id,
            {Variant.held: Variant.held - quantity, Variant.on_hand: Variant.on_hand - quantity},
            Variant.held >= quantity,
        )
        if moved is None:
            raise ValueError(f"variant {variant_id} has no {quantity} held")
        Product.update(sold_count=Product.sold_count + quantity).where(Product.id == moved.product_id).execute()
        # The order of "best selling" may be another now.
        bump_version()
        return True


def restock(*, variant_id: int, quantity: int, reason: str, ref: str, by: str = "shop") -> bool:
    """Put pieces on the shelf, once per reason and `ref`; a second call does nothing and returns False."""
    _only_positive(quantity)
    with changing():
        if not _enter(variant_id, quantity, reason, ref, by):
            return False
        moved = _move(variant_id, {Variant.on_hand: Variant.on_hand + quantity})
        _show_change(moved, gone=-quantity)
        return True


def correct_stock(*, variant_id: int, quantity: int, reason: Reason, ref: str, staff_id: int) -> bool:
    """Add pieces to the shelf, or with a `quantity` below 0 take them off, for a reason that the ledger keeps.

    Once per reason and `ref`: a second call does nothing and returns False. Raises BelowHeld.
    """
    by = f"staff:{staff_id}"
    with changing():
        if not _enter(variant_id, quantity, reason, ref, by):
            return False
        enough = Variant.on_hand + quantity >= Variant.held
        moved = _move(variant_id, {Variant.on_hand: Variant.on_hand + quantity}, enough)
        if moved is None:
            raise BelowHeld(*_levels(variant_id))
        _show_change(moved, gone=-quantity)
        record("stock-corrected", actor=by, about=("variant", variant_id), quantity=quantity, reason=reason.value)
        return True


def adjust_stocks(quantities: Mapping[int, int], *, reason: str, refs: Mapping[int, str], by: str) -> None:
    """Add to many variants' shelves, by their ids, for whoever writes into the audit trail once for them all and brings
    their products in line. Raises BelowHeld."""
    if not quantities:
        return
    rows = [
        {"variant": variant_id, "quantity": quantity, "reason": reason, "ref": refs[variant_id], "by": by}
        for variant_id, quantity in quantities.items()
    ]
    StockMovement.insert_many(rows).execute()
    for variant_id, quantity in quantities.items():
        enough = Variant.on_hand + quantity >= Variant.held
        if _move(variant_id, {Variant.on_hand: Variant.on_hand + quantity}, enough) is None:
            raise BelowHeld(*_levels(variant_id))


def count_stock(*, variant_id: int, counted: int, ref: str, staff_id: int, reason: Reason = Reason.COUNTED) -> bool:
    """Make it so many pieces, those promised to payments under way among them; see correct_stock."""
    with changing():
        on_hand, held = _levels(variant_id)
        if counted < held:
            raise BelowHeld(on_hand, held)
        return correct_stock(
            variant_id=variant_id, quantity=counted - on_hand, reason=reason, ref=ref, staff_id=staff_id
        )


def _only_positive(quantity: int) -> None:
    if quantity <= 0:
        raise ValueError(f"a quantity must be 1 or more, not {quantity}")


def _move(variant_id: int, change: dict[Any, Expression], *guards: Expression) -> Any:
    """The variant's new levels, or None when a guard stopped the change."""
    moved = (
        Variant.update(change)
        .where(Variant.id == variant_id, *guards)
        .returning(Variant.product, Variant.on_hand, Variant.held)
        .execute()
    )
    return next(iter(list(moved)), None)


def _enter(variant_id: int, quantity: int, reason: str, ref: str, by: str = "shop") -> bool:
    """Write the movement; False when it is written already."""
    written = (
        StockMovement.insert(variant=variant_id, quantity=quantity, reason=reason, ref=ref, by=by)
        .on_conflict_ignore()
        .returning(StockMovement.id)
        .execute()
    )
    return bool(list(written))


def _levels(variant_id: int) -> tuple[int, int]:
    """How many lie on the shelf, and how many of them are promised."""
    variant = Variant.select(Variant.on_hand, Variant.held).where(Variant.id == variant_id).get()
    return (variant.on_hand, variant.held)


def _left(variant_id: int) -> int:
    row = (
        Variant.select(Variant.on_hand - Variant.held)
        .join(Product)
        .where(Variant.id == variant_id, ~Variant.is_archived, Product.state == ProductState.ACTIVE)
        .tuples()
        .first()
    )
    return row[0] if row else 0


def _show_change(moved: Any, *, gone: int) -> None:
    """Keep the product's sum, and the version when shoppers can see a difference."""
    Product.update(available=available_of(moved.product_id)).where(Product.id == moved.product_id).execute()
    now = moved.on_hand - moved.held
    if min(now, FEW_LEFT + 1) != min(now + gone, FEW_LEFT + 1):
        bump_version()


def left_after(variant_id: int, movements: Sequence[StockMovement], on_hand: int) -> dict[int, int]:
    """How many lay there after each of these movements, which follow one another, the newest first; by their ids."""
    if not movements:
        return {}
    newer = StockMovement.select(fn.SUM(StockMovement.quantity)).where(
        StockMovement.variant == variant_id, StockMovement.id > movements[0].id
    )
    count, found = on_hand - int(newer.scalar() or 0), {}
    for movement in movements:
        found[movement.id] = count
        count -= movement.quantity
    return found
