"""What a person must look at: noted on the order's timeline, in the log, and mailed to the shop."""

from __future__ import annotations

import hashlib
import json
import logging

from ...config import settings
from ...outbox.models import MailKind
from ...outbox.services import queue_mail, render_mail
from ..models import Order, OrderEvent, Refund
from ..queries import open_alarms
from ..states import ALARMS, SEEN_TO
from .timeline import WORKER, note

log = logging.getLogger("shop.orders")


def raise_alarm(order: Order, finding: str, **ids: object) -> None:
    """In the caller's transaction. `finding` is one plain sentence without a person's data; the same about the same
    order is mailed once."""
    if not was_raised(order, finding):
        _mail(order, finding)
    note(order, "alarm", actor=WORKER, finding=finding, **ids)
    log.error("", extra={"fields": {"alarm": finding, "order": order.id, **ids}})


def was_raised(order: Order, finding: str) -> bool:
    events = OrderEvent.select(OrderEvent.details).where(OrderEvent.order == order.id, OrderEvent.kind == "alarm")
    return any(json.loads(event.details)["finding"] == finding for event in events)


def look_again(order_id: int) -> None:
    """Whether the order still needs a person's eyes; in the caller's transaction, after something was put right."""
    events = OrderEvent.select().where(OrderEvent.order == order_id, OrderEvent.kind.in_([*ALARMS, SEEN_TO]))
    refunds = Refund.select().where(Refund.order == order_id)
    Order.update(needs_look=bool(open_alarms(events, refunds))).where(Order.id == order_id).execute()


def _mail(order: Order, finding: str) -> None:
    rendered = render_mail(MailKind.PAYMENT_PROBLEM.value, order=order, finding=finding)
    name = hashlib.sha256(finding.encode()).hexdigest()[:16]
    queue_mail(
        key=f"{MailKind.PAYMENT_PROBLEM.value}:{order.number}:{name}",
        kind=MailKind.PAYMENT_PROBLEM,
        to=settings().mail_from,
        about=("order", order.id),
        **rendered.parts,
    )
