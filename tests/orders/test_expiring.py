"""Whom an unpaid order was for is forgotten with it, though the process that does so may die on the way."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from shop import clock
from shop.orders.models import Order, OrderContact, OrderState, Payment
from shop.orders.services.expiring import expire_pending
from shop.vault import destroyed_at
from tests.support.past import past_order

WREN = "wren@guests.example"


def unpaid() -> tuple[Order, str]:
    """An order that nobody paid, and the key of its contact."""
    order = past_order(WREN)
    Payment.delete().where(Payment.order == order.id).execute()
    Order.update(state=OrderState.PENDING, created_at=clock.now() - timedelta(days=1)).where(
        Order.id == order.id
    ).execute()
    return order, OrderContact.get(OrderContact.order == order.id).subject


def test_its_contact_and_the_key_go_at_once(app: Flask) -> None:
    with app.app_context():
        order, key = unpaid()
        assert expire_pending() == 1
        assert Order.get_by_id(order.id).state == OrderState.EXPIRED
        assert OrderContact.select().count() == 0
        assert destroyed_at(key) is not None


def test_what_a_killed_process_left_behind_goes_with_the_next_run(app: Flask) -> None:
    with app.app_context():
        order, key = unpaid()
        # As it stands between the commit and what follows it.
        Order.update(state=OrderState.EXPIRED).where(Order.id == order.id).execute()
        assert destroyed_at(key) is None
        expire_pending()
        assert destroyed_at(key) is not None
        assert OrderContact.select().count() == 0
