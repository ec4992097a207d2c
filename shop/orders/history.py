"""The part of an order's timeline that its customer sees."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from .models import OrderState
from .queries import OrderFile
from .services.timeline import sentence

FOR_CUSTOMER = {
    "taken": "We took your order, as you gave it to us {source}",
    "charged as agreed": "Your saved card is charged with {amount}, as you agreed {source}",
    "submitted": "You sent us the order",
    "payment unknown": "Your bank's answer did not arrive; we keep asking",
    "payment declined": "The payment was declined",
    "placed": "We have your order",
    "packed": "We packed it",
    "shipped": "It left: {carrier}, {tracking}",
    "parcel sent": "A part of it left: {carrier}, {tracking}",
    "rest sent": "The rest of it left: {carrier}, {tracking}",
    "delivered": "A parcel was delivered",
    "collected": "You collected it",
    "ready to collect": "It waits for you at the shop",
    "returned": "The parcel came back to us",
    "address corrected": "We corrected the delivery address, as you told us {source}",
    "change asked": "We asked you about a change: {what}",
    "changed": "We changed the order: {what}. It costs {after} instead of {before}",
    "change declined": "You did not want the change",
    "change expired": "The change came to nothing",
    "change withdrawn": "We took the change back",
    "cancelled": "The order was cancelled",
    "refunded": "We gave {amount} back to your card",
    "expired": "The order was not paid in time",
}
RELEASED = {"payment voided": "The {amount} reserved on your card was released"}


class Step(NamedTuple):
    at: datetime
    title: str
    text: str = ""
    kind: str = ""


def customer_steps(file: OrderFile) -> list[Step]:
    """Newest first. Reservations that came and went beside the real payment are nobody's news."""
    words = FOR_CUSTOMER | RELEASED if file.order.state == OrderState.CANCELLED else FOR_CUSTOMER
    told = [event for event in reversed(file.events) if event.kind in words]
    return [Step(event.at, sentence(event, words, currency=file.order.currency)) for event in told]
