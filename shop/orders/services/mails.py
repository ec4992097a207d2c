"""The mails about an order, queued in the caller's transaction: a change of state has one mail, and it is told once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ... import clock
from ...addresses import address_lines
from ...db import db
from ...outbox.models import MailKind
from ...outbox.services import queue_mail, render_mail
from ...pricing.quote import Quote
from ...vault import REMOVED, Source
from ..cancelling import Reason
from ..carriers import PICK_UP
from ..editing.steps import Step
from ..models import Order, OrderContact, OrderEdit, OrderEvent, Payment, PaymentState, Refund, RefundState, Shipment
from ..pieces.models import RefundLine, ShipmentLine
from ..pieces.queries import pieces_of
from ..refund_reasons import RefundReason
from .access import change_link, order_link

CHARGED = (PaymentState.AUTHORIZED, PaymentState.SETTLING, PaymentState.SETTLED, PaymentState.VOID_DUE)


def confirm_order(order: Order) -> None:
    """We have your order, and this is what is in it; who gave it to our staff is told so."""
    agreed = OrderEvent.select().where(OrderEvent.order == order.id, OrderEvent.kind == "charged as agreed")
    _queue(
        order,
        MailKind.ORDER_CONFIRMED,
        payment=_payment(order),
        way=Source(order.source).way,
        is_charged_as_agreed=order.taken_by is not None and agreed.exists(),
    )


def announce_shipment(order: Order, shipment: Shipment, *, is_corrected: bool = False) -> None:
    """A parcel is on its way, or waits to be collected; `is_corrected` when that was told before, and not right."""
    pieces = pieces_of(order)
    came_before = Shipment.select().where(Shipment.order == order.id, Shipment.id < shipment.id).exists()
    key = f"{MailKind.ORDER_SHIPPED.value}:{order.number}:{shipment.id}"
    _queue(
        order,
        MailKind.ORDER_SHIPPED,
        key=f"{key}:{Order.get_by_id(order.id).revision}" if is_corrected else key,
        shipment=shipment,
        is_pick_up=shipment.carrier == PICK_UP,
        is_corrected=is_corrected,
        inside=list(ShipmentLine.select().where(ShipmentLine.shipment == shipment.id).order_by(ShipmentLine.id)),
        to_come=[each for each in pieces if each.to_send],
        came_before=came_before,
    )


def announce_return(order: Order, shipment: Shipment) -> None:
    """The parcel came back to us: is the address right?"""
    key = f"{MailKind.ORDER_RETURNED}:{order.number}:{shipment.id}"
    _queue(order, MailKind.ORDER_RETURNED, key=key, shipment=shipment, has_account=order.customer_id is not None)


def announce_refund(refund: Refund) -> None:
    """Money went back: how much, for what, and why."""
    reasons = {reason.value: reason.sentence for reason in RefundReason}
    _queue(
        refund.order,
        MailKind.ORDER_REFUNDED,
        key=f"{MailKind.ORDER_REFUNDED.value}:{refund.order.number}:{refund.id}",
        refund=refund,
        payment=refund.payment,
        is_released=refund.state == RefundState.VOIDED,
        inside=list(RefundLine.select().where(RefundLine.refund == refund.id).order_by(RefundLine.id)),
        reason=reasons.get(refund.reason, ""),
    )


def announce_cancellation(order: Order, reason: Reason, *, back_cents: int) -> None:
    """It is cancelled, and the money comes back: as the customer wished, or because we cannot process it."""
    kind = MailKind.ORDER_PROBLEM if reason.is_refusal else MailKind.ORDER_CANCELLED
    _queue(order, kind, reason=reason.sentence, payment=_payment(order), back_cents=back_cents)


def announce_address(order: Order) -> None:
    """It goes somewhere else now, as they told us."""
    revision = Order.get_by_id(order.id).revision
    key = f"order-address:{order.number}:{revision}"
    _queue(order, MailKind.CORRESPONDENCE, template="order-address", key=key)


def announce_change(order: Order, edit: OrderEdit, steps: Sequence[Step], payment: Payment | None) -> None:
    """This is what your order is now; `payment` is what was charged for it, if anything."""
    key = f"{MailKind.ORDER_CHANGED.value}:{order.number}:{edit.id}"
    _queue(order, MailKind.ORDER_CHANGED, key=key, edit=edit, steps=_changes(steps), payment=payment)


def ask_about_change(order: Order, edit: OrderEdit, steps: Sequence[Step]) -> None:
    """Shall we change it, for so much more?"""
    key = f"order-change-asked:{order.number}:{edit.id}"
    after = Quote.from_json(edit.after)
    shown = {"edit": edit, "steps": _changes(steps), "after": after, "change_link": change_link(order)}
    _queue(order, MailKind.CORRESPONDENCE, template="order-change-asked", key=key, **shown)


def announce_no_change(order: Order, edit: OrderEdit) -> None:
    """Nothing came of it."""
    key = f"order-change-ended:{order.number}:{edit.id}"
    _queue(order, MailKind.CORRESPONDENCE, template="order-change-ended", key=key, edit=OrderEdit.get_by_id(edit.id))


def _changes(steps: Sequence[Step]) -> list[Step]:
    return [step for step in steps if step.is_change]


def write_freely(order: Order, *, subject_line: str, text: str, key: str) -> None:
    """What staff wrote, word for word."""
    _queue(order, MailKind.CORRESPONDENCE, template="order-message", key=key, heading=subject_line, body=text)


def mail_fresh_link(order: Order) -> None:
    """The link again, to the address that the order was placed with; once an hour at most."""
    hour = clock.now().strftime("%Y%m%d%H")
    with db.atomic():
        _queue(order, MailKind.CORRESPONDENCE, template="order-link", key=f"order-link:{order.number}:{hour}")


def _queue(order: Order, kind: MailKind, *, template: str = "", key: str = "", **context: Any) -> None:
    """Nobody is written to whose address was removed."""
    contact = OrderContact.get_or_none(OrderContact.order == order.id)
    if contact is None or contact.email is None or contact.email is REMOVED:
        return
    quote = Quote.from_json(order.quote)
    mail = render_mail(
        template or kind.value,
        order=order,
        quote=quote,
        order_link=order_link(order),
        name=contact.billing_name or contact.delivery_name or "",
        address=address_lines(contact, "delivery"),
        **context,
    )
    key = key or f"{kind.value}:{order.number}"
    queue_mail(key=key, kind=kind, to=contact.email, about=("order", order.id), **mail.parts)


def _payment(order: Order) -> Payment | None:
    """What the customer's card was charged or reserved with; None when the order cost nothing."""
    found: Payment | None = (
        Payment.select()
        .where(Payment.order == order.id, Payment.state.in_(CHARGED))
        .order_by(Payment.id.desc())
        .first()
    )
    return found
