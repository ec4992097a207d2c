"""Past purchases are never deleted: an order's figures stay in the books, and nothing of it says any more whose it was.

An invoice that the law wants kept with its name stays locked until the day its key is destroyed. A process that dies on
the way leaves the rows by which `finish_deactivating` completes it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from ... import clock
from ...addresses import address_lines
from ...audit.services import record
from ...config import settings
from ...db import db
from ...outbox.services import forget_mails_about
from ...pricing.services import forget_discount_user
from ...retrying import retried
from ...vault import REMOVED, Source, destroy_subjects, new_subject
from ..models import (
    TAKEN_PAYMENTS,
    UNPAID_ORDERS,
    LockedInvoice,
    Order,
    OrderContact,
    OrderEvent,
    Payment,
    Shipment,
)
from ..notes.models import OrderNote
from ..unfinished import Unfinished, unfinished
from .placing import expire
from .timeline import CUSTOMER

WITH_TRACKING = ("shipped", "parcel sent", "rest sent")
FORGOTTEN = "a tracking number that was removed"


class NotFinished(Exception):
    """The order still needs its customer's data; `why` is the reason."""

    def __init__(self, why: Unfinished) -> None:
        super().__init__(why.reason)
        self.why = why


def deactivate(order: Order, *, actor: str = "shop") -> bool:
    """Forget whose order it was; False when that was done already. Raises NotFinished.

    It owns its transactions, and must not be called within another. `actor` is named as in the audit trail.
    """
    is_new = _mark(order, actor)
    _clear([order.id])
    return is_new


def finish_deactivating() -> int:
    """Complete what a killed process began; how many."""
    begun = OrderContact.select(OrderContact.order).join(Order).where(Order.deactivated_at.is_null(False))
    ids = [contact.order_id for contact in begun]
    _clear(ids)
    return len(ids)


def deactivate_unreadable(subjects: Sequence[str]) -> int:
    """Deactivate the finished orders whose contact's key is among these that were destroyed: because its time was over,
    or because a restore brought back an order that had been forgotten. How many there were."""
    gone = OrderContact.select(OrderContact.order).where(OrderContact.subject.in_(subjects))
    orders = list(Order.select().where(Order.id.in_(gone), Order.deactivated_at.is_null()))
    open_still = unfinished(orders)
    return sum(deactivate(order) for order in orders if order.id not in open_still)


def locked_until(order: Order) -> datetime:
    """The day on which the name on the order's invoice is destroyed."""
    placed_at: datetime = order.placed_at or order.created_at
    return placed_at + timedelta(days=settings().keep_order_days)


def must_be_kept_of(orders: Sequence[Order]) -> set[int]:
    """The ids of those whose invoices must keep their names: money was taken for them, and not too long ago."""
    recent = [order.id for order in orders if locked_until(order) > clock.now()]
    paid = Payment.select(Payment.order).where(Payment.order.in_(recent), Payment.state.in_(TAKEN_PAYMENTS))
    return {payment.order_id for payment in paid}


@retried
def _mark(order: Order, actor: str) -> bool:
    with db.atomic():
        present = Order.get_by_id(order.id)
        if why := unfinished([present]).get(order.id):
            raise NotFinished(why)
        if present.state in UNPAID_ORDERS:
            expire(present, actor=CUSTOMER)
        is_active = (Order.id == order.id) & Order.deactivated_at.is_null()
        blank = {"has_note": False, "fingerprint": "", "draft_subject": ""}
        if not Order.update(deactivated_at=clock.now(), **blank).where(is_active).execute():
            return False
        contact = OrderContact.get_or_none(OrderContact.order == order.id)
        if contact is not None:
            if must_be_kept_of([present]):
                _lock(present, contact)
            destroy_subjects([contact.subject])
        forget_mails_about("order", order.id)
        _forget_parcels(order.id)
        forget_discount_user(order_ref=present.number)
        record("order-deactivated", actor=actor, about=("order", order.id))
    return True


def _lock(order: Order, contact: OrderContact) -> None:
    lines = address_lines(contact, "billing") or address_lines(contact, "delivery")
    if not lines or REMOVED in lines or LockedInvoice.select().where(LockedInvoice.order == order.id).exists():
        return
    locked = LockedInvoice(subject=new_subject("invoice", locked_until(order)), source=Source.SHOP, order=order.id)
    locked.invoiced_to = "\n".join(lines)
    locked.save(force_insert=True)


def _forget_parcels(order_id: int) -> None:
    """A tracking number leads to the address at the carrier's."""
    Shipment.update(tracking="").where(Shipment.order == order_id).execute()
    for event in OrderEvent.select().where(OrderEvent.order == order_id, OrderEvent.kind.in_(WITH_TRACKING)):
        details = {**json.loads(event.details), "tracking": FORGOTTEN}
        OrderEvent.update(details=json.dumps(details, separators=(",", ":"))).where(OrderEvent.id == event.id).execute()


def _clear(order_ids: list[int]) -> None:
    """Only once the key is surely gone does the row go that names it."""
    for contact in OrderContact.select().where(OrderContact.order.in_(order_ids)):
        destroy_subjects([contact.subject])
        OrderNote.delete().where(OrderNote.order == contact.order_id).execute()
        contact.delete_instance()
