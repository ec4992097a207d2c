"""The orders behind a figure, a page at a time, and what each of them adds to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..orders.models import Order, OrderLine, Refund, RefundState
from .backs import backs_of
from .booking import LINE_COLUMNS, ORDER_COLUMNS, back_of, in_any, refunds_of, sale_of
from .calendar import Stretch, day_of, stretch
from .periods import Period
from .sums import Key, Kind, Sums

PER_PAGE = 50
# A figure that few orders are part of: so many are looked through for one page, and the next goes on from there.
LOOKED_THROUGH_AT_MOST = 2000


@dataclass(frozen=True)
class Wanted:
    """Which figure, in which days: what was sold of it, or what went back."""

    period: Period
    key: Key
    is_back: bool = False

    def holds(self, key: Key) -> bool:
        """Goods go by their SKU and ways of delivery by their code, whatever they were called at the time."""
        if key.kind in (Kind.GOODS, Kind.DELIVERY):
            return key[:3] == self.key[:3]
        return key == self.key


@dataclass(frozen=True)
class Behind:
    """One order, and its part of the figure."""

    order: Any
    sums: Sums


@dataclass(frozen=True)
class BehindPage:
    """`next` is the id to go on from; None at the end."""

    rows: Sequence[Behind]
    next: int | None


def orders_behind(wanted: Wanted, *, before: int | None = None, size: int = PER_PAGE) -> BehindPage:
    """Newest first, from the order with the id `before` on."""
    found: list[Behind] = []
    looked, last = 0, before
    while len(found) < size and looked < LOOKED_THROUGH_AT_MOST:
        batch = _batch(wanted, last, size)
        looked += len(batch)
        for row in _parts(wanted, batch):
            last = row.order.id
            if not row.sums.is_nothing:
                found.append(row)
            if len(found) == size:
                return BehindPage(found, last)
        if len(batch) < size:
            return BehindPage(found, None)
    return BehindPage(found, last)


def _batch(wanted: Wanted, before: int | None, size: int) -> list[Any]:
    within = [stretch(wanted.period.first, wanted.period.last)]
    orders = Order.select(*ORDER_COLUMNS).where(Order.currency == wanted.key.currency, _is_within(wanted, within))
    if before is not None:
        orders = orders.where(Order.id < before)
    return list(_narrowed(orders, wanted.key).order_by(Order.id.desc()).limit(size).namedtuples())


def _is_within(wanted: Wanted, within: Sequence[Stretch]) -> Any:
    if not wanted.is_back:
        return in_any(Order.placed_at, within)
    gone = Refund.select(Refund.order_id).where(
        Refund.state.in_([RefundState.DONE, RefundState.VOIDED]), in_any(Refund.decided_at, within)
    )
    return Order.placed_at.is_null(False) & (in_any(Order.cancelled_at, within) | Order.id.in_(gone))


def _narrowed(orders: Any, key: Key) -> Any:
    """As far as a column says it; the rest is looked at order by order."""
    if key.kind == Kind.DELIVERY:
        return orders.where(Order.delivery_code == key.name)
    if key.kind == Kind.DISCOUNT:
        return orders.where(Order.discount_code == key.name)
    if key.kind == Kind.GOODS:
        return orders.where(Order.id.in_(OrderLine.select(OrderLine.order_id).where(OrderLine.sku == key.name)))
    if key.kind == Kind.TAX:
        country, _, region = key.place.partition("-")
        return orders.where(Order.tax_country == country, Order.tax_region == region)
    return orders


def _parts(wanted: Wanted, orders: Sequence[Any]) -> Iterator[Behind]:
    ids = [order.id for order in orders]
    rows: Iterable[Any] = OrderLine.select(*LINE_COLUMNS).where(OrderLine.order.in_(ids)).namedtuples()
    lines: dict[int, list[Any]] = defaultdict(list)
    for line in rows:
        lines[line.order].append(line)
    refunds = refunds_of(Order.id.in_(ids)) if wanted.is_back and ids else {}
    for order in orders:
        sums = Sums()
        for key, part in _of_order(wanted, order, lines[order.id], refunds.get(order.id, [])):
            if wanted.holds(key):
                sums.add(part)
        yield Behind(order, sums)


def _of_order(wanted: Wanted, order: Any, lines: list[Any], refunds: list[Any]) -> Iterator[tuple[Key, Sums]]:
    if not wanted.is_back:
        yield from sale_of(order, lines)
        return
    for back in backs_of(order, refunds):
        if wanted.period.first <= day_of(back.at) <= wanted.period.last:
            yield from back_of(order, back, lines)
