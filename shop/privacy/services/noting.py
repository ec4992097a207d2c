"""What the trail says about My data: that it was opened, taken away, printed."""

from __future__ import annotations

from ...audit.services import record
from ...db import db
from ..person import Person


def note_export(*, person: Person, form: str) -> None:
    """That a copy was taken, as "json" or "zip"."""
    about, actor = ("guest", 0), "guest"
    if person.customer is not None:
        about, actor = ("customer", person.customer.id), f"customer:{person.customer.id}"
    with db.atomic():
        record("data-exported", actor=actor, about=about, form=form)
