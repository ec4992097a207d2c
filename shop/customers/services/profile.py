"""What customers say about themselves, changed and confirmed. The trail says that a value changed, never from what."""

from __future__ import annotations

from ... import clock
from ...audit.services import record
from ...db import db
from ...vault import Sealed, Source, index_name, note_removal, version_of
from ..models import Customer
from .locking import locked
from .notices import tell_of_change


class ChangedMeanwhile(Exception):
    """What was about to be written over is not what the person had before their eyes."""


def change_field(
    *, customer: Customer, column: str, value: str | None, source: Source, by: str, seen: str | None = None
) -> bool:
    """Set one value, or take it away with None; whether anything changed.

    `source` says who told it, and `by` who wrote it down: "customer:7", or "staff:3" for what was said by phone.
    `seen` is the version_of() the value that stood in the form. Raises ChangedMeanwhile.
    """
    with db.atomic():
        row = locked(customer)
        if getattr(row, column) == value:
            return False
        if seen is not None and seen != version_of(row, column):
            raise ChangedMeanwhile
        setattr(row, column, value)
        row.source = source
        row.save()
        if column == "name":
            index_name(row, value)
        if value is None:
            note_removal("customer", row.id, column)
        tell_of_change(customer=row, what=f"your {_label(column)}", source=source, by=by)
        record("customer-changed", actor=by, about=("customer", row.id), field=column, source=source)
    return True


def _label(column: str) -> str:
    field: Sealed = Customer._meta.fields[column]
    return field.personal.label.lower()


def confirm_profile(*, customer: Customer, by: str, source: Source = Source.SELF) -> None:
    """The customer says that everything is still correct: the date is all that changes."""
    with db.atomic():
        Customer.update(confirmed_at=clock.now()).where(Customer.id == customer.id).execute()
        record("customer-confirmed", actor=by, about=("customer", customer.id), source=source)
