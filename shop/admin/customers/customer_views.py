"""One customer's or guest's page, and what is noted on it."""

from __future__ import annotations

from flask import abort, flash, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...customers.models import CustomerNote
from ...customers.services.notes import remove_note, write_note
from ...customers.services.profile import confirm_profile
from ...signing_in import go_to
from ...web import changed, is_htmx, page_or_fragment
from ..blueprint import blueprint
from ..roles import OPENING
from .forms import NoteForm, ToldForm
from .opening import account_of, open_customer, open_guest
from .showing import Subject, notes_shown, shown


@blueprint.get("/customers/<id:customer_id>")
@staff(*OPENING)
def customer(customer_id: int) -> ResponseReturnValue:
    subject, answer = open_customer(customer_id)
    return answer or _page(subject)


@blueprint.get("/guests/<number>")
@staff(*OPENING)
def guest(number: str) -> ResponseReturnValue:
    """A guest, by one of their orders."""
    subject, answer = open_guest(number)
    return answer or _page(subject)


@blueprint.post("/customers/<id:customer_id>/confirmation")
@staff(*OPENING)
def confirm_customer(customer_id: int) -> ResponseReturnValue:
    """They said that everything is still correct."""
    subject, answer = open_customer(customer_id)
    if answer:
        return answer
    found, form = account_of(subject), ToldForm()
    if not form.validate():
        return _page(subject, told=form)
    confirm_profile(customer=found, by=f"staff:{current_user.person.id}", source=form.source)
    flash("Noted with today’s date.")
    return go_to(subject.url)


@blueprint.post("/customers/<id:customer_id>/notes")
@staff(*OPENING)
def note_customer(customer_id: int) -> ResponseReturnValue:
    subject, answer = open_customer(customer_id)
    if answer:
        return answer
    found, form = account_of(subject), NoteForm()
    if not form.validate():
        context = {**shown(subject), "note": form, "told": ToldForm(formdata=None)}
        return page_or_fragment("admin/customers/customer.html", "admin/customers/_notes.html", status=422, **context)
    write_note(customer=found, text=form.text.data, staff_id=current_user.person.id)
    return _noted(subject, "Noted.")


@blueprint.post("/customers/<id:customer_id>/notes/<id:note_id>/remove")
@staff(*OPENING)
def remove_customer_note(customer_id: int, note_id: int) -> ResponseReturnValue:
    subject, answer = open_customer(customer_id)
    if answer:
        return answer
    found = account_of(subject)
    note = CustomerNote.get_or_none(CustomerNote.id == note_id, CustomerNote.customer == found.id) or abort(404)
    remove_note(note=note, staff_id=current_user.person.id)
    return _noted(subject, "The note is gone.")


def _page(subject: Subject, *, told: ToldForm | None = None) -> ResponseReturnValue:
    context = {**shown(subject), "note": NoteForm(formdata=None), "told": told or ToldForm(formdata=None)}
    return render_template("admin/customers/customer.html", **context), 422 if told else 200


def _noted(subject: Subject, said: str) -> ResponseReturnValue:
    if not is_htmx():
        flash(said)
    customer = subject.person.customer or abort(404)
    return changed(
        "admin/customers/_notes_changed.html",
        location=f"{subject.url}#notes",
        customer=customer,
        note=NoteForm(formdata=None),
        said=said,
        **notes_shown(customer),
    )
