"""Notes by staff about one order."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...orders.models import Order
from ...orders.notes.queries import notes_of
from ...orders.notes.services import take_note_back, write_note
from ...orders.services.revisions import NotNow
from ..blueprint import blueprint
from ..roles import PACKING
from .forms import NoteForm
from .gate import of_order
from .order_page import done, order_page


@blueprint.post("/orders/<number>/notes")
@staff(*PACKING)
@of_order
def add_note(found: Order) -> ResponseReturnValue:
    form = NoteForm()
    if not form.validate():
        return order_page(found, note=form)
    try:
        is_new = write_note(order=found, text=form.text.data, staff_id=current_user.person.id)
    except NotNow as error:
        return order_page(found, error=error)
    return done(found, "Noted." if is_new else "It was noted already.")


@blueprint.post("/orders/<number>/notes/<id:note_id>/remove")
@staff(*PACKING)
@of_order
def remove_note(found: Order, note_id: int) -> ResponseReturnValue:
    note = next((each for each in notes_of(found) if each.id == note_id), None)
    if note is None:
        # Taken back already, in another tab.
        return done(found, "The note is gone.")
    try:
        take_note_back(note=note, staff_id=current_user.person.id)
    except NotNow as error:
        return order_page(found, error=error)
    return done(found, "The note is gone.")
