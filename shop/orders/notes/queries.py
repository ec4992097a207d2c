"""Notes, for the order's page."""

from __future__ import annotations

from ...vault import preload
from ..models import Order
from .models import OrderNote


def notes_of(order: Order) -> list[OrderNote]:
    """Oldest first."""
    notes = list(OrderNote.select().where(OrderNote.order == order.id).order_by(OrderNote.id))
    preload(note.subject for note in notes)
    return notes
