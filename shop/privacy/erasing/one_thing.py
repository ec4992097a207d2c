"""Removing one thing: a value, a row, or whose order it was; what follows from it is said before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ...audit.services import record
from ...customers.models import Address, Customer
from ...customers.services.addresses import remove_address
from ...customers.services.profile import change_field
from ...db import BaseModel, db
from ...orders.models import Order, OrderContact, OrderState
from ...orders.services.deactivating import deactivate, locked_until, must_be_kept_of
from ...orders.unfinished import unfinished
from ...outbox.models import Mail, MailState
from ...outbox.services import forget_mails_sealed_for
from ...paper.queries import open_papers_about
from ...payments.models import StoredCard
from ...payments.services.cards import remove_card
from ...templating import day
from ...vault import Personal, Sealed, Source, destroy_subjects, note_removal
from ..cases.models import Case
from ..person import Person, orders_of, theirs
from .words import papers_words

STILL_OPEN = "It is open: without it we could not answer you. Ask again once it is closed."
STILL_TO_COME = (OrderState.PENDING, OrderState.PLACED, OrderState.PACKED, OrderState.PARTLY_SENT)


@dataclass(frozen=True)
class OneThing:
    """`what` is to be removed and `effects` say what follows; `remove` does it. None where `refused` says why not."""

    what: str
    effects: Sequence[str]
    remove: Callable[[], object] | None = None
    refused: str = ""


def one_thing(person: Person, table: str, row_id: int, column: str = "") -> OneThing | None:
    """None when there is no such thing of theirs, or it cannot be removed by itself."""
    finder = FINDERS.get((table, bool(column)))
    model = MODELS[table] if finder else None
    if finder is None or model is None:
        return None
    row = theirs(model, person).where(model.id == row_id).get_or_none()
    return finder(person, row, column) if row is not None else None


def may_be_removed(row: BaseModel, column: str = "") -> bool:
    """Whether a row, or one value of it, has a page that removes it; which may still say why not."""
    table = str(row._meta.table_name)
    if (table, bool(column)) not in FINDERS:
        return False
    if column:
        return _optional(row, column) is not None
    return getattr(row, "deactivated_at", None) is None and getattr(row, "purged_at", None) is None


def _profile_value(person: Person, row: Customer, column: str) -> OneThing | None:
    personal = _optional(row, column)
    if personal is None:
        return None
    by = f"customer:{row.id}"
    away = partial(change_field, customer=row, column=column, value=None, source=Source.SELF, by=by)
    if column != "phone":
        return OneThing(f"Your {personal.label.lower()}", [personal.without], away)
    contacts = _contacts_with(person, row)
    return OneThing(
        f"Your {personal.label.lower()}",
        [_no_calls(len(contacts)) if contacts else personal.without],
        partial(_remove_phone, away, contacts, by),
    )


def _contacts_with(person: Person, customer: Customer) -> list[OrderContact]:
    """Those of orders still to come that have the profile's number."""
    to_come = Order.select(Order.id).where(Order.id.in_(orders_of(person)), Order.state.in_(STILL_TO_COME))
    has_it = (OrderContact.phone_index == customer.phone_index) & OrderContact.phone_index.is_null(False)
    return list(OrderContact.select().where(has_it, OrderContact.order.in_(to_come)))


def _no_calls(count: int) -> str:
    about = "1 delivery" if count == 1 else f"{count} deliveries"
    return f"Without a phone number the driver cannot call you about {about}."


def _remove_phone(away: Callable[[], object], contacts: Sequence[OrderContact], by: str) -> None:
    with db.atomic():
        away()
        for contact in contacts:
            _blank(contact, "phone", by)


def _order_value(person: Person, row: OrderContact, column: str) -> OneThing | None:
    personal = _optional(row, column)
    if personal is None:
        return None
    order = Order.get_by_id(row.order_id)
    effects = [_no_calls(1) if column == "phone" and order.state in STILL_TO_COME else personal.without]
    return OneThing(f"{personal.label} of order {order.number}", effects, partial(_blank, row, column, _actor(person)))


def _blank(contact: OrderContact, column: str, by: str) -> None:
    with db.atomic():
        setattr(contact, column, None)
        contact.save()
        if column == "note":
            Order.update(has_note=False).where(Order.id == contact.order_id).execute()
        note_removal("order-contact", contact.id, column)
        record("value-removed", actor=by, about=("order", contact.order_id), table="order_contact", column=column)


def _address(_person: Person, row: Address, _column: str) -> OneThing:
    effects = ["You type it again when you next order there. Orders that you placed keep their own copy."]
    if row.is_for_delivery or row.is_for_billing:
        effects.append("It is filled in for you at the checkout now; the newest of your others takes its place.")
    return OneThing(
        f"The address {row.street}", effects, partial(remove_address, address=row, by=f"customer:{row.customer_id}")
    )


def _card(_person: Person, row: StoredCard, _column: str) -> OneThing | None:
    if row.removed_at is not None:
        return None
    effects = ["You type your card again when you next pay.", "The payment processor is asked to delete it as well."]
    return OneThing(f"The saved card {row.words}", effects, partial(remove_card, card=row))


def _mail(_person: Person, row: Mail, _column: str) -> OneThing | None:
    if row.purged_at is not None:
        return None
    effects = ["We can no longer look up what we told you. What is in your own mailbox stays there."]
    if row.state == MailState.QUEUED:
        effects.insert(0, "It was not sent yet, and then never will be.")
    return OneThing(f"Our copy of the mail “{row.subject_line}”", effects, partial(_forget_mail, row))


def _forget_mail(mail: Mail) -> None:
    forget_mails_sealed_for([mail.subject])


def _order(person: Person, row: Order, _column: str) -> OneThing | None:
    if row.deactivated_at is not None:
        return None
    what = f"Whose order {row.number} was"
    if why := unfinished([row]).get(row.id):
        until = f" That is until {day(why.until)}." if why.until else ""
        return OneThing(what, [], refused=f"{why.reason}{until}")
    effects = [
        "E-mail, phone, address, notes, tracking numbers and our mails about it go; its link opens nothing any more.",
        "You can no longer ask us about it, send it back or have it found by your name.",
        "What was bought and what it cost stays in the books: past purchases are deactivated, never deleted.",
    ]
    if must_be_kept_of([row]):
        effects.append(f"The name and address on its invoice stay locked away until {day(locked_until(row))}, by law.")
    if papers := open_papers_about("order", [row.id]):
        until = day(max(paper.destroy_by for paper in papers))
        effects.append(f"On paper there is still: {', '.join(papers_words(papers))}. It is destroyed by {until}.")
    return OneThing(what, effects, partial(deactivate, row, actor=_actor(person)))


def _case(person: Person, row: Case, _column: str) -> OneThing:
    what = f"What you wrote to us in {row.number}"
    if row.is_open:
        return OneThing(what, [], refused=STILL_OPEN)
    return OneThing(
        what, ["Our answer goes with it, and you cannot come back to it."], partial(_forget_case, row, _actor(person))
    )


def _forget_case(case: Case, by: str) -> None:
    with db.atomic():
        destroy_subjects([case.subject])
        record("value-removed", actor=by, about=("case", case.id), table="case", column="text")


def _actor(person: Person) -> str:
    return f"customer:{person.customer.id}" if person.customer else "guest"


def _optional(row: Any, column: str) -> Personal | None:
    """The declaration of a value that is there and may be left out."""
    field = row._meta.fields.get(column)
    if not isinstance(field, Sealed) or field.personal.required or not getattr(row, column):
        return None
    return field.personal


MODELS: Mapping[str, type[BaseModel]] = {
    "customer": Customer,
    "order_contact": OrderContact,
    "address": Address,
    "stored_card": StoredCard,
    "mail": Mail,
    "order": Order,
    "case": Case,
}
Finder = Callable[[Person, Any, str], OneThing | None]
# By table, and whether it is one value of a row or the whole row.
FINDERS: Mapping[tuple[str, bool], Finder] = {
    ("customer", True): _profile_value,
    ("order_contact", True): _order_value,
    ("address", False): _address,
    ("stored_card", False): _card,
    ("mail", False): _mail,
    ("order", False): _order,
    ("case", False): _case,
}
