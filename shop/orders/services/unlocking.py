"""Looking at a locked invoice's name: by the owner alone, for one of a few reasons, and never without a trace."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from ... import clock
from ...audit.models import AuditEvent
from ...audit.queries import events_about
from ...audit.services import record
from ...db import db
from ...vault import REMOVED, expiry_of
from ..models import LockedInvoice, Order

OPEN_FOR = timedelta(minutes=10)


class UnlockReason(StrEnum):
    """Why the books' own copy of a name may be looked at; there is no other reason."""

    TAX_AUDIT = "tax-audit"
    COURT = "court"
    DISPUTE = "payment-dispute"
    RECALL = "recall"

    @property
    def words(self) -> str:
        return _WORDS[self]


_WORDS = {
    UnlockReason.TAX_AUDIT: "The tax office, or an auditor of the books, asks for the invoice",
    UnlockReason.COURT: "A court or a claim at law needs it",
    UnlockReason.DISPUTE: "The bank disputes the payment",
    UnlockReason.RECALL: "The goods are dangerous, and whoever has them must be told",
}


class Locked(NamedTuple):
    """That a name is locked, and until when; not the name."""

    until: datetime | None


def locked_invoice(order: Order) -> Locked | None:
    """None when there is none, or its time is over."""
    if order.deactivated_at is None:
        return None
    row = LockedInvoice.get_or_none(LockedInvoice.order == order.id)
    if row is None or row.invoiced_to is REMOVED:
        return None
    return Locked(expiry_of(row.subject))


def unlock_invoice(*, order: Order, reason: UnlockReason, staff_id: int) -> None:
    """Let this member of staff see it, for a few minutes; the trail says who, when and what for."""
    with db.atomic():
        record("invoice-unlocked", actor=f"staff:{staff_id}", about=("order", order.id), reason=reason.value)


def unlocked(order: Order, *, staff_id: int) -> tuple[UnlockReason, list[str]] | None:
    """The reason this member of staff gave a few minutes ago, and the lines; None when they gave none."""
    given = [
        event
        for event in events_about("order", order.id).where(AuditEvent.kind == "invoice-unlocked")
        if event.actor == f"staff:{staff_id}" and event.at > clock.now() - OPEN_FOR
    ]
    if not given or locked_invoice(order) is None:
        return None
    row = LockedInvoice.get(LockedInvoice.order == order.id)
    return UnlockReason(json.loads(given[-1].details)["reason"]), str(row.invoiced_to).splitlines()
