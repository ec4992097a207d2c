"""What customers buy, worked out from the orders whenever somebody asks and kept nowhere.

Only who agreed to it counts: each query here starts from those customers, so that whoever takes the consent back is
in none of them from that moment on. Guests are in none at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import fn

from ..customers.consents import ConsentPurpose
from ..customers.queries import customers_with_consent
from ..templating import day
from .models import Order, OrderLine, OrderState

HABITS = ConsentPurpose.HABITS
BOUGHT = (OrderState.PLACED, OrderState.PACKED, OrderState.PARTLY_SENT, OrderState.SHIPPED, OrderState.DONE)
# Fewer customers than this could be told apart: what only they bought is not shown.
CUSTOMERS_AT_LEAST = 3
SHOWN_AT_MOST = 50


@dataclass(frozen=True)
class Habit:
    """One thing that a customer buys: in how many orders, how many pieces, and when last."""

    name: str
    options: str
    orders: int
    pieces: int
    last_at: datetime

    @property
    def words(self) -> str:
        name = f"{self.name}, {self.options}" if self.options else self.name
        orders = "1 order" if self.orders == 1 else f"{self.orders} orders"
        pieces = "1 piece" if self.pieces == 1 else f"{self.pieces} pieces"
        return f"{name}: {pieces} in {orders}, the last on {day(self.last_at)}."


@dataclass(frozen=True)
class Popular:
    """A product, or two that are bought together, and how many customers did that in how many orders."""

    names: tuple[str, ...]
    customers: int
    orders: int


def habits_of(customer_id: int) -> list[Habit]:
    """What this customer buys most often first; nothing for who did not agree that we look."""
    rows: Iterable[Any] = (
        OrderLine.select(
            OrderLine.name,
            OrderLine.options,
            fn.COUNT(Order.id.distinct()),
            fn.SUM(OrderLine.quantity),
            fn.MAX(Order.placed_at).python_value(Order.placed_at.python_value),
        )
        .join(Order)
        .where(_counts, Order.customer == customer_id, Order.customer.in_(customers_with_consent(HABITS)))
        .group_by(OrderLine.name, OrderLine.options)
        .order_by(fn.COUNT(Order.id.distinct()).desc(), OrderLine.name, OrderLine.options)
        .limit(SHOWN_AT_MOST)
        .tuples()
    )
    return [Habit(name, options, int(orders), int(pieces), last) for name, options, orders, pieces, last in rows]


def popular(since: datetime) -> list[Popular]:
    """What the most customers bought since then, as far as they agreed that we look."""
    people = fn.COUNT(Order.customer.distinct())
    rows: Iterable[Any] = (
        OrderLine.select(OrderLine.name, people, fn.COUNT(Order.id.distinct()))
        .join(Order)
        .where(_counts, Order.placed_at >= since, Order.customer.in_(customers_with_consent(HABITS)))
        .group_by(OrderLine.name)
        .having(people >= CUSTOMERS_AT_LEAST)
        .order_by(people.desc(), OrderLine.name)
        .limit(SHOWN_AT_MOST)
        .tuples()
    )
    return [Popular((name,), int(customers), int(orders)) for name, customers, orders in rows]


def bought_together(since: datetime) -> list[Popular]:
    """Which two things the most customers bought in one order since then, as far as they agreed that we look."""
    first, second = OrderLine.alias(), OrderLine.alias()
    people = fn.COUNT(Order.customer.distinct())
    rows: Iterable[Any] = (
        first.select(first.name, second.name, people, fn.COUNT(Order.id.distinct()))
        .join(second, on=((first.order == second.order) & (first.name < second.name)))
        .join(Order, on=(Order.id == first.order))
        .where(_counts, Order.placed_at >= since, Order.customer.in_(customers_with_consent(HABITS)))
        .group_by(first.name, second.name)
        .having(people >= CUSTOMERS_AT_LEAST)
        .order_by(people.desc(), first.name, second.name)
        .limit(SHOWN_AT_MOST)
        .tuples()
    )
    return [Popular((one, other), int(customers), int(orders)) for one, other, customers, orders in rows]


_counts = Order.state.in_(BOUGHT) & Order.deactivated_at.is_null()
