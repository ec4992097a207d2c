"""The stock of a change, and the shelf: held while it is paid for, then sold, or released. In the caller's
transaction, and in the order of variants, so that two of these never wait in a ring."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from ... import clock
from ...catalogue import stock
from ..models import EditHold, Hold, HoldState, Order, OrderEdit
from .planning import NotEditable
from .steps import Step

RESTOCKED = "order changed"


def take_from_stock(taken: Mapping[int, int]) -> None:
    """Hold so many pieces by variant, or none. Raises NotEditable."""
    for variant_id, quantity in taken.items():
        try:
            stock.hold_stock(variant_id=variant_id, quantity=quantity)
        except stock.OutOfStock as error:
            said = f"Only {error.available} more can be had of one of the goods: somebody was quicker."
            raise NotEditable(said, variant_id=variant_id) from error


def note_holds(edit: OrderEdit, taken: Mapping[int, int]) -> None:
    for variant_id, quantity in taken.items():
        EditHold.create(edit=edit.id, variant=variant_id, quantity=quantity)


def release(edit: OrderEdit) -> None:
    for hold in _moved(edit, HoldState.RELEASED):
        stock.release_stock(variant_id=hold.variant_id, quantity=hold.quantity)


def move_stock(order: Order, edit: OrderEdit, steps: Sequence[Step], restock: Mapping[int, int]) -> None:
    """Sell what is held for the change, and put `restock`, by variant, back on the shelf; the order's own holds are
    what it has then, for whoever cancels it."""
    ref = f"{order.number}:change {edit.id}"
    sold = {hold.variant_id: hold.quantity for hold in _moved(edit, HoldState.SOLD)}
    for variant_id in sorted({*sold, *restock}):
        if quantity := sold.get(variant_id):
            stock.sell_held(variant_id=variant_id, quantity=quantity, ref=ref)
        if quantity := restock.get(variant_id):
            stock.restock(variant_id=variant_id, quantity=quantity, reason=RESTOCKED, ref=ref)
    more: Counter[int] = Counter()
    for step in steps:
        more[step.any.variant_id] += step.pieces[1] - step.pieces[0]
    for variant_id, quantity in sorted(more.items()):
        if quantity and variant_id:
            _keep_count(order, variant_id, quantity)


def _moved(edit: OrderEdit, state: HoldState) -> list[EditHold]:
    moved = (
        EditHold.update(state=state)
        .where(EditHold.edit == edit.id, EditHold.state == HoldState.HELD)
        .returning(EditHold.id, EditHold.variant, EditHold.quantity)
        .execute()
    )
    return sorted(moved, key=lambda hold: hold.variant_id)


def _keep_count(order: Order, variant_id: int, more: int) -> None:
    """An order from before holds were kept has none, and gets none for what goes from it."""
    hold = Hold.get_or_none(Hold.order == order.id, Hold.variant == variant_id)
    if hold is None:
        if more > 0:
            state, now = HoldState.SOLD, clock.now()
            Hold.create(order=order.id, variant=variant_id, quantity=more, state=state, expires_at=now)
    elif hold.quantity + more > 0:
        Hold.update(quantity=Hold.quantity + more).where(Hold.id == hold.id).execute()
    else:
        Hold.delete().where(Hold.id == hold.id).execute()
