"""The stock that an order's payment is waiting for: held, then sold or released, each once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from ... import clock
from ...catalogue import stock
from ...pricing.quote import QuoteLine
from ..models import Hold, HoldState, Order
from .errors import SoldOut

HOLD_FOR = timedelta(minutes=15)


def hold_lines(order: Order, lines: Sequence[QuoteLine]) -> None:
    """Hold every line or none, in the order of variants; raises SoldOut, which names the line."""
    Hold.delete().where(Hold.order == order.id, Hold.state == HoldState.RELEASED).execute()
    expires_at = clock.now() + HOLD_FOR
    for line in sorted(lines, key=lambda line: line.variant_id):
        try:
            stock.hold_stock(variant_id=line.variant_id, quantity=line.quantity)
        except stock.OutOfStock as error:
            raise SoldOut(line.name, line.options, error.available) from error
        Hold.create(order=order.id, variant=line.variant_id, quantity=line.quantity, expires_at=expires_at)


def sell_holds(order: Order) -> None:
    for hold in _moved(order, HoldState.SOLD):
        stock.sell_held(variant_id=hold.variant_id, quantity=hold.quantity, ref=order.number)


def release_holds(order: Order) -> None:
    for hold in _moved(order, HoldState.RELEASED):
        stock.release_stock(variant_id=hold.variant_id, quantity=hold.quantity)


def _moved(order: Order, state: HoldState) -> list[Hold]:
    """The holds that were still held and are now `state`, in the order of variants."""
    moved = (
        Hold.update(state=state)
        .where(Hold.order == order.id, Hold.state == HoldState.HELD)
        .returning(Hold.id, Hold.variant, Hold.quantity)
        .execute()
    )
    return sorted(moved, key=lambda hold: hold.variant_id)
