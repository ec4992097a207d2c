"""What becomes of the thing that a payment was for, once it certainly failed."""

from __future__ import annotations

from ..editing.ending import give_up_change
from ..models import Order, OrderEdit, Payment
from .placing import give_up_payment


def give_up(order: Order, payment: Payment) -> None:
    """In the caller's transaction: a change comes to nothing, or the order can be paid once more."""
    if payment.edit_id is None:
        give_up_payment(order)
    else:
        give_up_change(OrderEdit.get_by_id(payment.edit_id))
