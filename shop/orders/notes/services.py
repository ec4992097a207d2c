"""Writing a note about an order, and taking it back."""

from __future__ import annotations

from datetime import timedelta

from ... import clock
from ...audit.services import record
from ...db import db
from ...retrying import retried
from ...vault import Source
from ..models import Order, OrderContact
from ..services.revisions import NotNow
from .models import OrderNote

TAKEN_BACK_WITHIN = timedelta(minutes=10)
# A form that is sent twice writes one note.
SAME_WITHIN = timedelta(minutes=1)


class NoMoreNotes(NotNow):
    def __init__(self) -> None:
        super().__init__("Its customer was forgotten: nothing more is written about them.")


class StandsForGood(NotNow):
    def __init__(self) -> None:
        super().__init__("A note can be taken back for ten minutes, by whoever wrote it. After that it stands.")


@retried
def write_note(*, order: Order, text: str, staff_id: int) -> bool:
    """Sealed with the order's contact, so that it goes with it; False when the same was written a moment ago.

    Raises NoMoreNotes.
    """
    with db.atomic():
        contact = OrderContact.get_or_none(OrderContact.order == order.id)
        if contact is None or order.deactivated_at is not None:
            raise NoMoreNotes
        if _is_there(order, text, staff_id):
            return False
        note = OrderNote(subject=contact.subject, source=Source.SHOP, order=order.id, staff_id=staff_id)
        note.text = text
        note.save(force_insert=True)
        record("order-note-written", actor=f"staff:{staff_id}", about=("order", order.id), note=note.id)
    return True


def _is_there(order: Order, text: str, staff_id: int) -> bool:
    since = clock.now() - SAME_WITHIN
    mine = (OrderNote.order == order.id) & (OrderNote.staff_id == staff_id) & (OrderNote.at > since)
    return any(note.text == text for note in OrderNote.select().where(mine))


@retried
def take_note_back(*, note: OrderNote, staff_id: int) -> bool:
    """False when that was done already. Raises StandsForGood."""
    if not may_take_back(note, staff_id):
        raise StandsForGood
    with db.atomic():
        if not OrderNote.delete().where(OrderNote.id == note.id).execute():
            return False
        record("order-note-removed", actor=f"staff:{staff_id}", about=("order", note.order_id), note=note.id)
    return True


def may_take_back(note: OrderNote, staff_id: int) -> bool:
    return bool(note.staff_id == staff_id and note.at > clock.now() - TAKEN_BACK_WITHIN)
