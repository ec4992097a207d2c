"""Orders placed as a guest with an address that a customer has since proven to be theirs: kept by them, or cleared."""

from __future__ import annotations

from ...audit.services import record
from ...customers.models import Customer
from ...db import db
from ..models import Order
from ..own import offered_order, offered_orders
from .deactivating import NotFinished, deactivate

__all__ = ["NotFinished", "NotOffered", "clear_order", "keep_all", "keep_order"]


class NotOffered(LookupError):
    """No such order is offered to this customer: it is another's, or has been kept or cleared meanwhile."""


def keep_order(*, customer: Customer, number: str) -> Order:
    """From now on it is in this customer's account. Raises NotOffered."""
    order = offered_order(customer, number)
    if order is None or not _keep(customer, order):
        raise NotOffered(number)
    return order


def keep_all(*, customer: Customer) -> int:
    """Keep every order that is offered; how many."""
    return sum(_keep(customer, row.order) for row in offered_orders(customer))


def _keep(customer: Customer, order: Order) -> bool:
    with db.atomic():
        is_free = (Order.id == order.id) & Order.customer.is_null() & Order.deactivated_at.is_null()
        if not Order.update(customer=customer.id).where(is_free).execute():
            return False
        record("order-claimed", actor=f"customer:{customer.id}", about=("order", order.id))
    return True


def clear_order(*, customer: Customer, number: str) -> Order:
    """Forget whose it was: name, address, phone and e-mail go, the figures stay. Raises NotOffered or NotFinished."""
    order = offered_order(customer, number)
    if order is None:
        raise NotOffered(number)
    deactivate(order, actor=f"customer:{customer.id}")
    return order
