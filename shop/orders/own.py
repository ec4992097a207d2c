"""A customer's own orders: those in their account, and those that were placed with their address as a guest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import ModelSelect

from ..customers.models import Customer
from ..paging import Key, page_of
from .models import Order, OrderContact, OrderLine, OrderState
from .queries import item_counts
from .states import Pill

PER_PAGE = 20
OFFERED_AT_MOST = 50
# What came to nothing is nobody's order.
NOTHING_CAME_OF_IT = (OrderState.EXPIRED, OrderState.PAYMENT_FAILED)
WORDS = {
    OrderState.PENDING: Pill("pending", "Being checked"),
    OrderState.PLACED: Pill("placed", "We have it"),
    OrderState.PACKED: Pill("placed", "Packed"),
    OrderState.PARTLY_SENT: Pill("checking", "Partly sent"),
    OrderState.SHIPPED: Pill("shipped", "Sent"),
    OrderState.DONE: Pill("done", "With you"),
    OrderState.CANCELLED: Pill("cancelled", "Cancelled"),
}


@dataclass(frozen=True)
class OwnOrder:
    """An order in its customer's list; `goods` are the first things in it, `count` is of all pieces."""

    order: Order
    goods: str
    count: int
    step: Pill


@dataclass(frozen=True)
class OwnOrders:
    """A page of them, newest first, and the cursors of its neighbours."""

    rows: Sequence[OwnOrder]
    next: str | None
    previous: str | None


def own_orders(customer_id: int, *, cursor: str | None = None, deactivated: bool = False) -> OwnOrders:
    """A page of a customer's orders, or of those that were deactivated; as many queries for one as for a thousand."""
    page = page_of(_mine(customer_id, deactivated), Key(Order.id), cursor=cursor, size=PER_PAGE)
    return OwnOrders(_rows(page.rows), page.next, page.previous)


def newest_order(customer_id: int) -> OwnOrder | None:
    """The one at the head of that list."""
    rows = _rows(list(_mine(customer_id).order_by(Order.id.desc()).limit(1)))
    return rows[0] if rows else None


def _mine(customer_id: int, deactivated: bool = False) -> ModelSelect[Any]:
    found: ModelSelect[Any] = Order.select().where(
        Order.customer == customer_id,
        Order.state.not_in(NOTHING_CAME_OF_IT),
        Order.deactivated_at.is_null(not deactivated),
    )
    return found


def has_deactivated(customer_id: int) -> bool:
    gone = Order.select().where(Order.customer == customer_id, Order.deactivated_at.is_null(False))
    return bool(gone.exists())


def offered_orders(customer: Customer) -> list[OwnOrder]:
    """Orders placed as a guest with the address that this customer has proven to be theirs, newest first."""
    return _rows(list(_offered(customer).order_by(Order.id.desc()).limit(OFFERED_AT_MOST)))


def offered_order(customer: Customer, number: str) -> Order | None:
    """One of them; None for any other order."""
    found: Order | None = _offered(customer).where(Order.number == number).first()
    return found


def count_offered(customer: Customer) -> int:
    return int(_offered(customer).count())


def _offered(customer: Customer) -> ModelSelect[Any]:
    found: ModelSelect[Any] = (
        Order.select()
        .join(OrderContact)
        .where(
            OrderContact.email_index == customer.email_index,
            OrderContact.email_index.is_null(False),
            Order.customer.is_null(),
            Order.placed_at.is_null(False),
            Order.deactivated_at.is_null(),
        )
    )
    return found


def _rows(orders: Sequence[Order]) -> list[OwnOrder]:
    ids = [order.id for order in orders]
    counts, names = item_counts(ids), _first_names(ids)
    return [
        OwnOrder(order, _goods(names.get(order.id, [])), counts.get(order.id, 0), WORDS[OrderState(order.state)])
        for order in orders
    ]


def _first_names(ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    lines = OrderLine.select(OrderLine.order, OrderLine.name).where(OrderLine.order.in_(ids))
    rows: Iterable[Any] = lines.order_by(OrderLine.order, OrderLine.position).tuples()
    for order_id, name in rows:
        names = found.setdefault(order_id, [])
        if name not in names:
            names.append(name)
    return found


def _goods(names: Sequence[str]) -> str:
    """ "Alder Tote, Curly Kale and 2 more"."""
    if len(names) <= 3:
        return ", ".join(names)
    return f"{names[0]}, {names[1]} and {len(names) - 2} more"
