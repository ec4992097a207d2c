"""What the page of one order shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf import FlaskForm

from ... import clock
from ...customers.consents import QUESTIONS
from ...customers.queries import newest_consents
from ...disclosures.queries import disclosures_about
from ...orders.desk.undoing import cancelling_of
from ...orders.editing.queries import steps_of
from ...orders.editing.steps import in_words
from ...orders.models import Order, OrderState
from ...orders.notes.queries import notes_of
from ...orders.notes.services import may_take_back
from ...orders.queries import OrderFile, order_file
from ...orders.services.revisions import ChangedMeanwhile, NotNow
from ...orders.services.timeline import sentence
from ...orders.services.unlocking import locked_invoice
from ...orders.states import is_given_back, money_pill, step_pill
from ...outbox.models import Mail
from ...outbox.queries import mails_about
from ...privacy.erasing.models import Erasure
from ...privacy.erasing.queries import requested_for
from ...vault import Source, preload
from ...web import changed, is_htmx, page_or_fragment
from ..queries import staff_names
from ..roles import OWNING, PRIVACY
from .forms import CancelForm, NoteForm, ShipForm, ship_form
from .history import mail_note, mail_pill, staff_steps
from .since import mark_now, mark_of
from .visits import note_visit, others_at

UNTOUCHED = (OrderState.PLACED, OrderState.PACKED)


@dataclass(frozen=True)
class Forms:
    """The forms of an order's page, one of them perhaps with what was typed wrong."""

    ship: ShipForm
    cancel: FlaskForm
    note: FlaskForm


@dataclass(frozen=True)
class Consent:
    title: str
    is_given: bool


def order_page(
    order: Order,
    *,
    ship: ShipForm | None = None,
    cancel: FlaskForm | None = None,
    note: FlaskForm | None = None,
    error: NotNow | str = "",
) -> Response:
    """The page, as a 422 when a form or a step was refused, and a 409 when the order was changed meanwhile."""
    shown = _shown(order)
    status = 422 if ship or cancel or note or error else 200
    if isinstance(error, ChangedMeanwhile):
        status = 409
    made = Forms(
        ship or ship_form(shown["file"].pieces, formdata=None),
        cancel or CancelForm(formdata=None),
        note or NoteForm(formdata=None),
    )
    return page_or_fragment(
        "admin/orders/order.html", "admin/orders/_order.html", status=status, **shown, forms=made, problem=str(error)
    )


def done(order: Order, said: str) -> ResponseReturnValue:
    """After a step: the region as it is now, or the page again."""
    if not is_htmx():
        flash(said)
    shown = _shown(order)
    forms = Forms(ship_form(shown["file"].pieces, formdata=None), CancelForm(formdata=None), NoteForm(formdata=None))
    location = url_for("admin.order", number=order.number)
    return changed("admin/orders/_order_changed.html", location=location, **shown, forms=forms, said=said, problem="")


def moving_parts(order: Order) -> Response:
    """What changes by itself while a page is open: who else is there, how far the money is, what happened. Nothing,
    in few queries, when none of it did."""
    staff_id = current_user.person.id
    note_visit(order_id=order.id, staff_id=staff_id)
    if request.args.get("mark") == mark_now(order, others_at(order_id=order.id, staff_id=staff_id)):
        return Response(status=204)
    return make_response(render_template("admin/orders/_now_changed.html", **_shown(order)))


def _shown(order: Order) -> dict[str, Any]:
    me = current_user.person
    note_visit(order_id=order.id, staff_id=me.id)
    file = order_file(Order.get_by_id(order.id))
    others = others_at(order_id=order.id, staff_id=me.id)
    mails = list(mails_about("order", order.id).select_extend(Mail.text, Mail.key))
    preload(mail.subject for mail in mails)
    notes = notes_of(order)
    return {
        "file": file,
        "order": file.order,
        "opened_revision": request.args.get("revision", file.order.revision, type=int),
        "others": others,
        "mark": mark_of(
            file.order,
            last_event=max((event.id for event in file.events), default=0),
            notes=[note.id for note in notes],
            mails=mails,
            others=others,
        ),
        "mails": mails,
        "copies": copies_by_mail(mails),
        "mail_note": mail_note,
        "mail_pill": mail_pill,
        "steps": staff_steps(file, mails, notes, list(disclosures_about("order", [order.id]))),
        "may_take_back": {note.id for note in notes if may_take_back(note, me.id)},
        "money": money_pill(file.order, file.payments, file.refunds),
        "step": step_pill(file.order),
        "sentence": sentence,
        "way": Source(file.order.source).way,
        "taker": _taker(file.order),
        "consents": _consents(file.order),
        "leaving": _leaving(file),
        "all_given_back": is_given_back(file.order, file.refunds),
        "open_edit_words": in_words(steps_of(file.open_edit)) if file.open_edit else "",
        "locked": locked_invoice(file.order),
        "undo_seconds": _undo_seconds(file.order, me.id),
        "desk_page": "orders",
        **_allowed(file, me.role),
    }


def _undo_seconds(order: Order, staff_id: int) -> int:
    """For how long whoever looks at it can still take back that it is cancelled."""
    item = cancelling_of(order, staff_id=staff_id) if order.cancel_due_at else None
    return max(1, int((item.action.undo_until - clock.now()).total_seconds())) if item else 0


def _allowed(file: OrderFile, role: str) -> dict[str, bool]:
    """Which buttons this role gets for the order as it stands."""
    is_owner, has_owner = role in OWNING, file.order.deactivated_at is None
    is_being_cancelled = file.order.cancel_due_at is not None
    is_untouched = file.order.state in UNTOUCHED and not is_being_cancelled
    return {
        "may_cancel": is_owner and is_untouched,
        "may_edit": is_owner and is_untouched and file.open_edit is None and has_owner,
        "may_edit_ever": is_owner,
        "may_refund": is_owner and file.refundable.left_cents > 0 and not is_being_cancelled,
        "may_try_again": is_owner,
        "may_readdress": is_untouched and file.needs_address and file.contact is not None,
        "may_write": file.contact is not None and has_owner,
        "may_unlock": role in PRIVACY,
    }


def _taker(order: Order) -> str:
    """Who wrote it down for its customer; "" for what the customer sent."""
    if order.taken_by is None:
        return ""
    return staff_names({order.taken_by}).get(order.taken_by, "Somebody who worked here")


def copies_by_mail(mails: Sequence[Mail]) -> dict[int, int]:
    """How often each was sent again as a new one, as `messages.copies_of` counts them."""
    return {mail.id: sum(other.key.startswith(f"again:{mail.id}:") for other in mails) for mail in mails}


def _consents(order: Order) -> list[Consent]:
    """Of the account the order is in; a guest has none."""
    if order.customer_id is None:
        return []
    given = newest_consents(order.customer_id)
    return [
        Consent(question.title, purpose.value in given and given[purpose.value].is_given)
        for purpose, question in QUESTIONS.items()
    ]


def _leaving(file: OrderFile) -> Erasure | None:
    """The removal that its customer asked for, and may still undo."""
    index = file.contact.email_index if file.contact else None
    return requested_for(index) if index is not None else None
