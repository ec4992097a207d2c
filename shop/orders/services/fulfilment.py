"""From placed to the customer's door, or back: packed, sent, cancelled. Each step is taken once."""

from __future__ import annotations

from collections import Counter

from ... import clock, jobs
from ...audit.services import record
from ...catalogue import stock
from ...db import db
from ...pricing.services import give_back_discount
from ...retrying import retried
from ..cancelling import Reason
from ..editing.ending import withdraw_with
from ..models import TAKEN_PAYMENTS, Hold, HoldState, Order, OrderState, Payment, PaymentState
from ..pieces.models import RefundLine
from . import mails
from .paid import is_paid
from .parcels import NOW
from .refunds import left_of, request_refund
from .revisions import NotNow, take_turn
from .timeline import CUSTOMER, audited, note


class NotPackable(NotNow):
    pass


class NotCancellable(NotNow):
    pass


@retried
def pack_order(*, order: Order, staff_id: int, seen: int | None = None) -> bool:
    """False when it was packed already. Raises NotPackable, ChangedMeanwhile."""
    with db.atomic():
        if not _move(order, (OrderState.PLACED,), OrderState.PACKED, seen, packed_at=clock.now()):
            return _already(order, OrderState.PACKED, NotPackable, "packed")
        if not is_paid(order):
            raise NotPackable("This order is not paid: look at its payment before you pack it.")
        note(order, "packed", actor=_staff(staff_id))
        record("order-packed", actor=_staff(staff_id), about=("order", order.id))
    return True


def cancel_order(*, order: Order, reason: Reason, staff_id: int, seen: int | None = None, restock: bool = True) -> bool:
    """Cancel, give all money, stock and discount back, and tell the customer; False when that was done already.

    Without `restock` the goods stay off the shelf. The money is promised here and moved by the worker. Raises
    NotCancellable once the order has left, ChangedMeanwhile.
    """
    return _cancel(order, reason, _staff(staff_id), (OrderState.PLACED, OrderState.PACKED), seen, restock)


def cancel_by_customer(*, order: Order) -> bool:
    """The same at its customer's wish, as long as nobody has packed it. Raises NotCancellable from then on."""
    return _cancel(order, Reason.CUSTOMER_ASKED, CUSTOMER, (OrderState.PLACED,))


@retried
def _cancel(
    order: Order,
    reason: Reason,
    actor: str,
    open_states: tuple[OrderState, ...],
    seen: int | None = None,
    restock: bool = True,
) -> bool:
    with db.atomic():
        if not _move(order, open_states, OrderState.CANCELLED, seen, cancelled_at=clock.now()):
            return _already(order, OrderState.CANCELLED, NotCancellable, "cancelled")
        note(order, "cancelled", actor=actor, reason=reason.words, code=reason.value)
        withdraw_with(order, actor=actor)
        if restock:
            _give_back_stock(order)
        else:
            note(order, "stock kept off", actor=actor)
        give_back_discount(order_ref=order.number)
        back_cents = _give_back_money(order, reason, actor)
        mails.announce_cancellation(order, reason, back_cents=back_cents)
        record("order-cancelled", actor=audited(actor, order), about=("order", order.id), reason=reason.value)
    return True


def _move(order: Order, before: tuple[OrderState, ...], after: OrderState, seen: int | None, **changes: object) -> bool:
    """Into another state, which is the order's next revision; False when it is in none of `before`."""
    if not take_turn(order, seen=seen, states=before):
        return False
    Order.update(state=after, **changes).where(Order.id == order.id).execute()
    order.state = after
    for name, value in changes.items():
        setattr(order, name, value)
    return True


def _already(order: Order, wanted: OrderState, error: type[NotNow], done: str) -> bool:
    """False when the order is where it should go; raises `error` with the reason when it cannot go there."""
    state = Order.select(Order.state).where(Order.id == order.id).scalar()
    if state == wanted:
        return False
    raise error(f"This order is {NOW.get(state, state)}, so it cannot be {done}.")


def _give_back_stock(order: Order) -> None:
    """Put what was sold back on the shelf, and is not there yet, in the order of variants, so that two of these never
    wait in a ring."""
    sold = (
        Hold.update(state=HoldState.RELEASED)
        .where(Hold.order == order.id, Hold.state == HoldState.SOLD)
        .returning(Hold.id, Hold.variant, Hold.quantity)
        .execute()
    )
    there: Counter[int | None] = Counter()
    for row in RefundLine.select().where(RefundLine.order == order.id, RefundLine.restocked > 0):
        there[row.line.variant_id] += row.restocked
    for hold in sorted(sold, key=lambda hold: hold.variant_id):
        if quantity := hold.quantity - there[hold.variant_id]:
            stock.restock(variant_id=hold.variant_id, quantity=quantity, reason="cancelled", ref=order.number)


def _give_back_money(order: Order, reason: Reason, actor: str) -> int:
    """What is only authorised is voided, what was taken is refunded; the settling of it may come in between.

    How many cents come back by it.
    """
    freed = (
        Payment.update(state=PaymentState.VOID_DUE, due_at=clock.now())
        .where(Payment.order == order.id, Payment.state == PaymentState.AUTHORIZED)
        .returning(Payment.id, Payment.amount_cents)
        .execute()
    )
    back_cents = 0
    for payment in list(freed):
        note(order, "payment void due", actor=actor, amount_cents=payment.amount_cents)
        jobs.kick("void payments")
        back_cents += payment.amount_cents
    for payment in Payment.select().where(Payment.order == order.id, Payment.state.in_(TAKEN_PAYMENTS)):
        if left := left_of(payment):
            request_refund(payment=payment, amount_cents=left, reason=reason, actor=actor)
            jobs.kick("send refunds")
            back_cents += left
    return back_cents


def _staff(staff_id: int) -> str:
    return f"staff:{staff_id}"
