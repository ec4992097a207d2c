"""Whether an order is paid, so that it may be packed and sent."""

from __future__ import annotations

from ..models import GOOD_PAYMENTS, Order, Payment


def is_paid(order: Order) -> bool:
    is_free = order.total_cents == 0
    return is_free or Payment.select().where(Payment.order == order.id, Payment.state.in_(GOOD_PAYMENTS)).exists()
