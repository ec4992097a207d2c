"""Do the books agree? What the orders of a period say the shop holds, beside what their payments say it holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import fn

from ..orders.models import Order, Payment, PaymentState, Refund, RefundState
from .backs import backs_of
from .booking import ORDER_COLUMNS, in_any, refunds_of
from .calendar import stretch
from .periods import Period

HOLDING = (PaymentState.AUTHORIZED, PaymentState.SETTLING, PaymentState.SETTLED)
SHOWN_AT_MOST = 50
# Trimmed, so that no index of states is taken: nearly every payment of the shop is settled, few are of the period.
_HOLDS = fn.TRIM(Payment.state).in_(HOLDING)


@dataclass(frozen=True)
class Apart:
    """An order whose payments hold another amount than its figures say."""

    order_id: int
    number: str
    figures_cents: int
    held_cents: int


@dataclass(frozen=True)
class Agreement:
    """All of the orders placed in a period, whenever their money moved. Sold less given back is what is held, unless
    some orders are `apart`."""

    orders: int
    sold_cents: int
    back_cents: int
    taken_cents: int
    authorized_cents: int
    refunded_cents: int
    apart: Sequence[Apart]

    @property
    def net_cents(self) -> int:
        return self.sold_cents - self.back_cents

    @property
    def held_cents(self) -> int:
        return self.taken_cents + self.authorized_cents - self.refunded_cents

    @property
    def difference_cents(self) -> int:
        return self.net_cents - self.held_cents


def agreement(period: Period, currency: str) -> Agreement:
    is_meant = in_any(Order.placed_at, [stretch(period.first, period.last)]) & (Order.currency == currency)
    orders, sold = _row(Order.select(fn.COUNT(Order.id), fn.SUM(Order.total_cents)).where(is_meant))
    paid = _paid(is_meant)
    (refunded,) = _row(_refunds(fn.SUM(Refund.amount_cents)).where(is_meant, Refund.state == RefundState.DONE))
    back, apart = _moved(is_meant)
    return Agreement(
        orders=orders,
        sold_cents=sold,
        back_cents=back,
        taken_cents=sum(cents for state, cents in paid.items() if state != PaymentState.AUTHORIZED),
        authorized_cents=paid.get(PaymentState.AUTHORIZED, 0),
        refunded_cents=refunded,
        apart=sorted([*apart, *_unpaid(is_meant)], key=lambda each: -each.order_id)[:SHOWN_AT_MOST],
    )


def _row(query: Any) -> list[int]:
    return [int(number or 0) for number in query.tuples().get()]


def _refunds(*columns: Any) -> Any:
    return Refund.select(*columns).join(Order, on=(Order.id == Refund.order_id))


def _paid(is_meant: Any) -> dict[str, int]:
    """By state, of the payments that hold money."""
    rows: Iterable[Any] = (
        Payment.select(Payment.state, fn.SUM(Payment.amount_cents))
        .join(Order)
        .where(is_meant, _HOLDS)
        .group_by(Payment.state)
        .tuples()
    )
    return {state: int(cents) for state, cents in rows}


def _moved(is_meant: Any) -> tuple[int, list[Apart]]:
    """What went back of the orders that were cancelled or refunded, and those of them that are apart."""
    is_moved = is_meant & (Order.cancelled_at.is_null(False) | Order.id.in_(_refunds(Refund.order_id).where(is_meant)))
    refunds, held = refunds_of(is_moved), _held(is_moved)
    whole, apart = 0, []
    for order in Order.select(*ORDER_COLUMNS).where(is_moved).namedtuples():
        rows = refunds.get(order.id, [])
        gone = sum(back.cents for back in backs_of(order, rows))
        done = sum(row.amount_cents for row in rows if row.state == RefundState.DONE)
        kept = held.get(order.id, 0) - done
        whole += gone
        if order.total_cents - gone != kept:
            apart.append(Apart(order.id, order.number, order.total_cents - gone, kept))
    return whole, apart


def _held(is_meant: Any) -> dict[int, int]:
    """By order, what its payments took or hold."""
    rows: Iterable[Any] = (
        Payment.select(Payment.order_id, fn.SUM(Payment.amount_cents))
        .join(Order)
        .where(is_meant, _HOLDS)
        .group_by(Payment.order_id)
        .tuples()
    )
    return {order_id: int(cents) for order_id, cents in rows}


def _unpaid(is_meant: Any) -> list[Apart]:
    """Orders of which nothing went back, and whose payments hold another amount than they cost."""
    is_simple = Order.cancelled_at.is_null() & Order.id.not_in(_refunds(Refund.order_id).where(is_meant))
    held = fn.COALESCE(fn.SUM(Payment.amount_cents), 0)
    rows: Iterable[Any] = (
        Order.select(Order.id, Order.number, Order.total_cents, held)
        .left_outer_join(Payment, on=(Payment.order == Order.id) & _HOLDS)
        .where(is_meant, is_simple)
        .group_by(Order.id, Order.number, Order.total_cents)
        .having(held != Order.total_cents)
        .order_by(Order.id.desc())
        .limit(SHOWN_AT_MOST)
        .tuples()
    )
    return [Apart(order_id, number, total, int(cents)) for order_id, number, total, cents in rows]
