"""Whether an open page of an order still shows how it stands, asked often and so in few queries."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from peewee import fn

from ...orders.models import Order, OrderEvent
from ...orders.notes.models import OrderNote
from ...outbox.models import Mail
from .visits import Visitor

LETTERS = 12


def mark_of(
    order: Order, *, last_event: int, notes: Iterable[int], mails: Iterable[Mail], others: Sequence[Visitor]
) -> str:
    """Another one whenever the order has taken a step, something was written about it or mailed, or somebody else has
    come or gone. Every change of its payments and refunds is an event."""
    sent = sorted((mail.id, str(mail.state), mail.attempts) for mail in mails)
    stands = (order.revision, order.needs_look, order.cancel_due_at, last_event)
    found = (*stands, sorted(notes), sent, *(tuple(other) for other in others))
    return hashlib.sha256(repr(found).encode()).hexdigest()[:LETTERS]


def mark_now(order: Order, others: Sequence[Visitor]) -> str:
    """The same, asked for alone."""
    about = (Mail.about_kind == "order") & (Mail.about_id == order.id)
    return mark_of(
        order,
        last_event=OrderEvent.select(fn.MAX(OrderEvent.id)).where(OrderEvent.order == order.id).scalar() or 0,
        notes=[note.id for note in OrderNote.select(OrderNote.id).where(OrderNote.order == order.id)],
        mails=Mail.select(Mail.id, Mail.state, Mail.attempts).where(about),
        others=others,
    )
