"""Orders that were sent, written down without going through the shop for them."""

from __future__ import annotations

from typing import Any

from shop import clock
from shop.customers.models import Customer
from shop.orders.models import Order, OrderLine, OrderState


def bought(customer: Customer | None, *names: str, **more: Any) -> Order:
    number = f"N{Order.select().count()}"
    figures = {"subtotal_cents": 100, "total_cents": 100, "delivery_name": "x", "delivery_code": "x", "currency": "USD"}
    known = {"number": number, "idem": number, "fingerprint": "", "quote": "{}", "state": OrderState.SHIPPED, **more}
    order: Order = Order.create(**known, **figures, customer=customer, placed_at=clock.now())
    for position, name in enumerate(names):
        line = {"unit_price_cents": 50, "quantity": 2, "subtotal_cents": 100, "total_cents": 100}
        OrderLine.create(order=order, position=position, name=name, sku=name, **line)
    return order
