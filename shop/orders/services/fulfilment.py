"""From placed to the customer's door, or back: packed, shipped, cancelled. Each step is taken once."""

from __future__ import annotations

from ... import clock, jobs
from ...audit.services import record
from ...catalogue import stock
from ...db import db
from ...disclosures.allowed import is_personal
from ...disclosures.models import DisclosurePurpose
from ...disclosures.queries import given_before
from ...disclosures.services import NoAgreement, bound_recipient, disclose
from ...pricing.services import give_back_discount
from ...vault import REMOVED, Recipient
from ..cancelling import Reason
from ..carriers import OWN_ROUND, PICK_UP, carrier_name
from ..models import Hold, HoldState, Order, OrderContact, OrderState, Payment, PaymentState, Shipment
from . import mails
from .refunds import request_refund
from .retrying import retried
from .timeline import CUSTOMER, audited, note

PAID = (PaymentState.AUTHORIZED, PaymentState.SETTLING, PaymentState.SETTLED)
TAKEN = (PaymentState.SETTLING, PaymentState.SETTLED)


class NotNow(Exception):
    """The order is not in a state for this; the message says why, for staff."""


class NotPackable(NotNow):
    pass


class NotShippable(NotNow):
    pass


class NotCancellable(NotNow):
    pass


@retried
def pack_order(*, order: Order, staff_id: int) -> bool:
    """False when it was packed already. Raises NotPackable."""
    with db.atomic():
        if not _move(order, (OrderState.PLACED,), OrderState.PACKED, packed_at=clock.now()):
            return _already(order, OrderState.PACKED, NotPackable, "packed")
        if not _is_paid(order):
            raise NotPackable("This order is not paid: look at its payment before you pack it.")
        note(order, "packed", actor=_staff(staff_id))
        record("order-packed", actor=_staff(staff_id), about=("order", order.id))
    return True


@retried
def ship_order(*, order: Order, carrier: str, tracking: str, staff_id: int) -> bool:
    """Send it, and tell the customer; False when it was sent already. Raises NotShippable."""
    with db.atomic():
        now = clock.now()
        if not _move(order, (OrderState.PLACED, OrderState.PACKED), OrderState.SHIPPED, shipped_at=now):
            return _already(order, OrderState.SHIPPED, NotShippable, "sent")
        if not _is_paid(order):
            raise NotShippable("This order is not paid: look at its payment before you send it.")
        Order.update(packed_at=now).where(Order.id == order.id, Order.packed_at.is_null()).execute()
        _check_agreement(carrier)
        shipment = Shipment.create(order=order.id, carrier=carrier, tracking=tracking, at=now)
        _note_shipment(shipment, order, _staff(staff_id))
        mails.announce_shipment(order, shipment)
        _note_handing_over(order, carrier, _staff(staff_id))
        record("order-shipped", actor=_staff(staff_id), about=("order", order.id), carrier=carrier)
    return True


def _check_agreement(carrier: str) -> None:
    """A parcel tells whoever takes it a name and an address: that needs an agreement."""
    if carrier in (PICK_UP, OWN_ROUND):
        return
    try:
        bound_recipient(Recipient.CARRIER, carrier)
    except NoAgreement as error:
        raise NotShippable(f"{error} The register of recipients says who may carry a parcel.") from error


def _note_shipment(shipment: Shipment, order: Order, actor: str) -> None:
    if shipment.carrier == PICK_UP:
        note(order, "ready to collect", actor=actor)
    else:
        tracking = f"tracking number {shipment.tracking}" if shipment.tracking else "without a tracking number"
        note(order, "shipped", actor=actor, carrier=carrier_name(shipment.carrier), tracking=tracking)


def _note_handing_over(order: Order, carrier: str, by: str) -> None:
    """With the parcel its carrier gets what the register lets it have, as far as the order holds it and as it was not
    given that already."""
    contact = OrderContact.get_or_none(OrderContact.order == order.id)
    if carrier in (PICK_UP, OWN_ROUND) or contact is None:
        return
    fields = [name for name in bound_recipient(Recipient.CARRIER, carrier).field_names if is_personal(name)]
    given = [name for name in fields if getattr(contact, name) not in (None, REMOVED)]
    before = given_before("order", [order.id], recipient=Recipient.CARRIER, who=carrier).get(order.id)
    if given and (before is None or set(given) - set(before.field_names)):
        disclose(
            about=("order", order.id),
            recipient=Recipient.CARRIER,
            who=carrier,
            fields=given,
            purpose=DisclosurePurpose.DELIVERY,
            by=by,
        )


def cancel_order(*, order: Order, reason: Reason, staff_id: int) -> bool:
    """Cancel, give all money, stock and discount back, and tell the customer; False when that was done already.

    The money is promised here and moved by the worker. Raises NotCancellable once the order has left.
    """
    return _cancel(order, reason, _staff(staff_id), (OrderState.PLACED, OrderState.PACKED))


def cancel_by_customer(*, order: Order) -> bool:
    """The same at its customer's wish, as long as nobody has packed it. Raises NotCancellable from then on."""
    return _cancel(order, Reason.CUSTOMER_ASKED, CUSTOMER, (OrderState.PLACED,))


@retried
def _cancel(order: Order, reason: Reason, actor: str, open_states: tuple[OrderState, ...]) -> bool:
    with db.atomic():
        if not _move(order, open_states, OrderState.CANCELLED, cancelled_at=clock.now()):
            return _already(order, OrderState.CANCELLED, NotCancellable, "cancelled")
        note(order, "cancelled", actor=actor, reason=reason.words, code=reason.value)
        _give_back_stock(order)
        give_back_discount(order_ref=order.number)
        _give_back_money(order, reason, actor)
        mails.announce_cancellation(order, reason)
        record("order-cancelled", actor=audited(actor, order), about=("order", order.id), reason=reason.value)
    return True


def _move(order: Order, before: tuple[OrderState, ...], after: OrderState, **changes: object) -> bool:
    moved = Order.update(state=after, **changes).where(Order.id == order.id, Order.state.in_(before)).execute()
    if moved:
        order.state = after
        for name, value in changes.items():
            setattr(order, name, value)
    return bool(moved)


def _already(order: Order, wanted: OrderState, error: type[NotNow], done: str) -> bool:
    """False when the order is where it should go; raises `error` with the reason when it cannot go there."""
    state = Order.select(Order.state).where(Order.id == order.id).scalar()
    if state == wanted:
        return False
    raise error(f"This order is {_NOW.get(state, state)}, so it cannot be {done}.")


_NOW = {OrderState.PENDING: "not paid yet", OrderState.PAYMENT_FAILED: "not paid", OrderState.SHIPPED: "sent already"}


def _is_paid(order: Order) -> bool:
    is_free = order.total_cents == 0
    return is_free or Payment.select().where(Payment.order == order.id, Payment.state.in_(PAID)).exists()


def _give_back_stock(order: Order) -> None:
    """Put what was sold back on the shelf, in the order of variants, so that two of these never wait in a ring."""
    sold = (
        Hold.update(state=HoldState.RELEASED)
        .where(Hold.order == order.id, Hold.state == HoldState.SOLD)
        .returning(Hold.id, Hold.variant, Hold.quantity)
        .execute()
    )
    for hold in sorted(sold, key=lambda hold: hold.variant_id):
        stock.restock(variant_id=hold.variant_id, quantity=hold.quantity, reason="cancelled", ref=order.number)


def _give_back_money(order: Order, reason: Reason, actor: str) -> None:
    """What is only authorised is voided, what was taken is refunded; the settling of it may come in between."""
    freed = (
        Payment.update(state=PaymentState.VOID_DUE, due_at=clock.now())
        .where(Payment.order == order.id, Payment.state == PaymentState.AUTHORIZED)
        .execute()
    )
    if freed:
        note(order, "payment void due", actor=actor, amount_cents=order.total_cents)
        jobs.kick("void payments")
        return
    for payment in Payment.select().where(Payment.order == order.id, Payment.state.in_(TAKEN)):
        request_refund(payment=payment, amount_cents=payment.amount_cents, reason=reason, actor=actor)
        jobs.kick("send refunds")


def _staff(staff_id: int) -> str:
    return f"staff:{staff_id}"
