"""What staff write down about a customer: sealed for the customer, who reads it under My data."""

from __future__ import annotations

from ...audit.services import record
from ...db import db
from ...vault import Source, note_removal
from ..models import Customer, CustomerNote
from .locking import locked


def write_note(*, customer: Customer, text: str, staff_id: int) -> CustomerNote:
    with db.atomic():
        row = locked(customer)
        note: CustomerNote = CustomerNote.create(
            subject=row.subject, source=Source.SHOP, customer=row.id, text=text, staff_id=staff_id
        )
        record("customer-note-written", actor=f"staff:{staff_id}", about=("customer", row.id), note=note.id)
    return note


def remove_note(*, note: CustomerNote, staff_id: int) -> bool:
    """False when it was removed already."""
    with db.atomic():
        if not CustomerNote.delete().where(CustomerNote.id == note.id).execute():
            return False
        note_removal("customer-note", note.id)
        record("customer-note-removed", actor=f"staff:{staff_id}", about=("customer", note.customer_id), note=note.id)
    return True
