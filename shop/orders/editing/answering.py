"""A customer who was asked about a change pays the difference, by a card of theirs, and so has it carried out."""

from __future__ import annotations

from dataclasses import dataclass

from ...customers.models import Customer
from ...db import db
from ...payments.models import StoredCard
from ...payments.queries import usable_card
from ...payments.reasons import OURS
from ...retrying import retried
from ..models import EditState, EditWay, Order, OrderEdit, Payment, PaymentState
from ..services.errors import AlreadyBeingChecked, CardIsGone, GatewayDown, NotPlaced, PaymentDeclined
from ..services.paying import can_take_orders
from ..services.purchase import Means
from ..services.sending import ask_the_bank, hash_of, write_payment
from ..services.timeline import CUSTOMER, audited
from .carrying_out import fits
from .ending import is_over

DECLINES_AT_MOST = 8


class ChangeIsOver(NotPlaced):
    """It took too long, was taken back, or the order has gone on."""


class TooManyDeclines(NotPlaced):
    """Thieves try stolen numbers one after the other: no more cards are tried for this change."""


@dataclass(frozen=True)
class _Begun:
    """Without a `payment` there is nothing to send: the change is carried out already."""

    payment: Payment | None = None
    token: str = ""


def newest_question(order: Order) -> OrderEdit | None:
    """The change that its customer was asked about last."""
    asked = OrderEdit.select().where(OrderEdit.order == order.id, OrderEdit.way == EditWay.ASK)
    found: OrderEdit | None = asked.order_by(OrderEdit.id.desc()).first()
    return found


def pay_change(*, edit: OrderEdit, means: Means, customer: Customer | None) -> OrderEdit:
    """It comes back applied, or still paying while the bank's answer is out. Sent again, the same comes back and
    nothing is charged again. Raises ChangeIsOver, TooManyDeclines, AlreadyBeingChecked, PaymentDeclined, CardIsGone,
    GatewayDown."""
    if not can_take_orders():
        raise GatewayDown
    begun = _begin(edit, means, customer)
    payment = begun.payment
    if payment is not None:
        ask_the_bank(payment, token=begun.token, actor=CUSTOMER)
        _raise_if_declined(payment)
    found: OrderEdit = OrderEdit.get_by_id(edit.id)
    return found


@retried
def _begin(edit: OrderEdit, means: Means, customer: Customer | None) -> _Begun:
    """The payment's row, before it is a call."""
    with db.atomic():
        waits = (OrderEdit.id == edit.id) & (OrderEdit.state == EditState.ASKED)
        if not OrderEdit.update(state=EditState.PAYING).where(waits).execute():
            return _begun_before(edit)
        order = Order.get_by_id(edit.order_id)
        if order.cancel_due_at is not None or is_over(edit) or not fits(edit):
            raise ChangeIsOver
        _repeat_refusal(edit, means)
        card = _card(order, means, customer)
        payment = write_payment(
            order,
            amount_cents=edit.difference_cents,
            identity=means.identity,
            by=audited(CUSTOMER, order),
            card=card,
            nonce=means.nonce,
            edit=edit,
        )
        return _Begun(payment, str(card.token) if card else "")


def _begun_before(edit: OrderEdit) -> _Begun:
    present = OrderEdit.get_by_id(edit.id)
    if present.state == EditState.APPLIED:
        return _Begun()
    if present.state == EditState.PAYING:
        raise AlreadyBeingChecked(present.order)
    raise ChangeIsOver


def _repeat_refusal(edit: OrderEdit, means: Means) -> None:
    """A form that was sent again is no new attempt: the answer is the same."""
    tried = Payment.select().where(Payment.edit == edit.id)
    before = tried.where(Payment.nonce_hash == hash_of(means.identity), Payment.gateway_id.is_null(False)).first()
    if before is not None:
        raise PaymentDeclined(before.order, before.reason or OURS)
    if tried.where(Payment.state == PaymentState.FAILED).count() >= DECLINES_AT_MOST:
        raise TooManyDeclines


def _card(order: Order, means: Means, customer: Customer | None) -> StoredCard | None:
    """The saved card that was chosen, of this order's own customer."""
    if means.card_id is None:
        return None
    is_theirs = customer is not None and order.customer_id == customer.id
    card = usable_card(customer.id, means.card_id) if customer is not None and is_theirs else None
    if card is None:
        raise CardIsGone
    return card


def _raise_if_declined(payment: Payment) -> None:
    present = Payment.get_by_id(payment.id)
    if present.state == PaymentState.FAILED:
        raise PaymentDeclined(present.order, present.reason or OURS)
    if present.state in (PaymentState.VOID_DUE, PaymentState.VOIDED):
        raise ChangeIsOver
