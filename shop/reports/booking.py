"""Days summed up from the orders themselves: the one place where figures come from."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from peewee import Expression

from ..orders.models import Order, OrderLine, Payment, Refund, RefundState
from .backs import Back, RefundRow, backs_of, shares_of
from .calendar import Stretch, day_of, stretches
from .sums import Key, Kind, Sums

ORDER_COLUMNS = (
    Order.id, Order.number, Order.currency, Order.quote, Order.placed_at, Order.cancelled_at, Order.subtotal_cents,
    Order.discount_cents, Order.delivery_cents, Order.tax_cents, Order.total_cents, Order.discount_code,
    Order.delivery_code, Order.delivery_name, Order.tax_country, Order.tax_region,
)  # fmt: skip
LINE_COLUMNS = (
    OrderLine.order_id, OrderLine.name, OrderLine.options, OrderLine.sku, OrderLine.quantity, OrderLine.subtotal_cents,
    OrderLine.discount_cents, OrderLine.tax_cents, OrderLine.total_cents,
)  # fmt: skip
Cells = dict[tuple[date, Key], Sums]


def book(days: Collection[date]) -> Cells:
    """Every figure of these days. The number of queries is the same whatever the days hold."""
    within = stretches(days)
    if not within:
        return {}
    placed, touched = list(placed_in(within)), list(touched_in(within))
    lines = _lines(within)
    refunds = refunds_of(_is_touched(within)) if touched else {}
    cells: Cells = defaultdict(Sums)
    for order in placed:
        _book_sale(cells, order, lines[order.id])
    for order in touched:
        for back in backs_of(order, refunds.get(order.id, ())):
            _book_back(cells, order, back, lines[order.id])
    wanted = set(days)
    return {cell: sums for cell, sums in cells.items() if cell[0] in wanted and not sums.is_nothing}


def placed_in(within: Sequence[Stretch]) -> Iterable[Any]:
    """The orders that were placed then, with what their figures need."""
    found: Iterable[Any] = Order.select(*ORDER_COLUMNS).where(in_any(Order.placed_at, within)).namedtuples().iterator()
    return found


def touched_in(within: Sequence[Stretch]) -> Iterable[Any]:
    """The orders of which something went back then."""
    found: Iterable[Any] = Order.select(*ORDER_COLUMNS).where(_is_touched(within)).namedtuples().iterator()
    return found


def refunds_of(is_wanted: Expression) -> dict[int, list[RefundRow]]:
    """All refunds of all these orders, whenever they were."""
    columns = (Refund.order_id, Refund.payment_id, Refund.state, Refund.amount_cents, Refund.reason, Refund.decided_at)
    rows: Iterable[Any] = (
        Refund.select(*columns, Payment.amount_cents)
        .join(Payment)
        .join(Order, on=(Order.id == Refund.order_id))
        .where(is_wanted)
        .order_by(Refund.id)
        .tuples()
    )
    found: dict[int, list[RefundRow]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(RefundRow(*row))
    return found


def in_any(column: Any, within: Sequence[Stretch]) -> Expression:
    found: Expression = reduce(or_, [(column >= begin) & (column < end) for begin, end in within])
    return found


def _is_touched(within: Sequence[Stretch]) -> Expression:
    of_refunds = Refund.select(Refund.order_id).where(
        Refund.state.in_([RefundState.DONE, RefundState.VOIDED]), in_any(Refund.decided_at, within)
    )
    touched: Expression = Order.placed_at.is_null(False) & (
        in_any(Order.cancelled_at, within) | Order.id.in_(of_refunds)
    )
    return touched


def _lines(within: Sequence[Stretch]) -> dict[int, list[Any]]:
    is_needed = in_any(Order.placed_at, within) | in_any(Order.cancelled_at, within)
    rows: Iterable[Any] = OrderLine.select(*LINE_COLUMNS).join(Order).where(is_needed).namedtuples().iterator()
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.order].append(row)
    return found


def _book_sale(cells: Cells, order: Any, lines: Iterable[Any]) -> None:
    day = day_of(order.placed_at)
    for key, sums in sale_of(order, lines):
        cells[day, key].add(sums)


def sale_of(order: Any, lines: Iterable[Any]) -> Iterator[tuple[Key, Sums]]:
    """What one order adds to each figure of the day it was placed on."""
    lines = list(lines)
    pieces = sum(line.quantity for line in lines)
    whole = {
        "orders": 1, "pieces": pieces, "goods_cents": order.subtotal_cents, "discount_cents": order.discount_cents,
        "delivery_cents": order.delivery_cents, "tax_cents": order.tax_cents, "total_cents": order.total_cents,
    }  # fmt: skip
    yield Key(order.currency, Kind.SALES), Sums(**whole)
    yield _delivery_key(order), Sums(**whole)
    if order.discount_code:
        saved = {"discount_cents": order.discount_cents, "delivery_cents": delivery_saved(order)}
        yield Key(order.currency, Kind.DISCOUNT, order.discount_code), Sums(**{**whole, **saved})
    for share in shares_of(order):
        base = share.cents - share.tax_cents
        yield (
            _tax_key(order, share),
            Sums(orders=1, goods_cents=base, tax_cents=share.tax_cents, total_cents=share.cents),
        )
    seen: set[str] = set()
    for line in lines:
        is_first = line.sku not in seen
        seen.add(line.sku)
        yield _goods_key(order, line), _sold_of(line, orders=int(is_first))


def _sold_of(line: Any, *, orders: int) -> Sums:
    """An order with two lines of the same goods is one order with them."""
    return Sums(
        orders=orders,
        pieces=line.quantity,
        goods_cents=line.subtotal_cents,
        discount_cents=line.discount_cents,
        tax_cents=line.tax_cents,
        total_cents=line.total_cents,
    )


def delivery_saved(order: Any) -> int:
    """What a code took off the delivery's price."""
    delivery = json.loads(order.quote).get("delivery") or {}
    return int(delivery.get("discount_cents", 0))


def _book_back(cells: Cells, order: Any, back: Back, lines: Iterable[Any]) -> None:
    day = day_of(back.at)
    for key, sums in back_of(order, back, lines):
        cells[day, key].add(sums)


def back_of(order: Any, back: Back, lines: Iterable[Any]) -> Iterator[tuple[Key, Sums]]:
    """What money that went back adds to each figure of its day."""
    lines = list(lines) if back.is_cancelled else []
    counted = int(back.cents > 0)
    pieces = sum(line.quantity for line in lines)
    whole = {"back_count": counted, "back_cents": back.cents, "back_tax_cents": back.tax_cents, "back_pieces": pieces}
    yield Key(order.currency, Kind.SALES), Sums(**whole)
    yield _delivery_key(order), Sums(**whole)
    if order.discount_code:
        yield Key(order.currency, Kind.DISCOUNT, order.discount_code), Sums(**whole)
    if counted:
        yield Key(order.currency, Kind.BACK, back.reason), Sums(**whole)
    for share in back.shares:
        sums = Sums(back_count=counted, back_cents=share.cents, back_tax_cents=share.tax_cents)
        yield _tax_key(order, share), sums
    for line in lines:
        yield _goods_key(order, line), Sums(back_count=1, back_pieces=line.quantity)


def _delivery_key(order: Any) -> Key:
    return Key(order.currency, Kind.DELIVERY, order.delivery_code, order.delivery_name)


def _tax_key(order: Any, share: Any) -> Key:
    place = "-".join(part for part in (order.tax_country, order.tax_region) if part)
    return Key(order.currency, Kind.TAX, share.name, "", place, share.rate_ppm)


def _goods_key(order: Any, line: Any) -> Key:
    detail = f"{line.name}, {line.options}" if line.options else line.name
    return Key(order.currency, Kind.GOODS, line.sku, detail)
