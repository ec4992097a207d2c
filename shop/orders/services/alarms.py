"""What a person must look at: noted on the order's timeline, in the log, and mailed to the shop."""

from __future__ import annotations

import logging

from ..models import Order
from .timeline import WORKER, note

log = logging.getLogger("shop.orders")


def raise_alarm(order: Order, finding: str, **ids: object) -> None:
    """In the caller's transaction. `finding` is one plain sentence without a person's data."""
    note(order, "alarm", actor=WORKER, finding=finding, **ids)
    log.error("", extra={"fields": {"alarm": finding, "order": order.id, **ids}})
