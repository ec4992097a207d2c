"""One customer, with an account or as a guest, as the desk sees them. The number of queries is the same for all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import request, url_for

from ...addresses import address_lines
from ...audit.models import AuditEvent
from ...customers.consents import QUESTIONS
from ...customers.models import Customer, CustomerNote
from ...customers.queries import addresses_of, newest_consents
from ...customers.services.reminders import mail_refused_at, parcel_returned_at
from ...customers.values import editable
from ...orders.models import Order, OrderContact
from ...orders.states import step_pill
from ...paging import Key, page_of
from ...payments.queries import cards_of
from ...privacy.cases.models import Case, Topic
from ...privacy.erasing.models import ErasureState
from ...privacy.erasing.queries import open_erasure
from ...privacy.looks import event_words
from ...privacy.models import Ground
from ...privacy.person import Person, orders_of, person_of
from ...privacy.withheld import in_force
from ...vault import REMOVED, Source
from ..queries import staff_names
from ..roles import PACKING, PRIVACY
from ..signed_in import has_role

ORDERS_AT_A_TIME, CASES_SHOWN, EVENTS_SHOWN, EVENTS_READ = 10, 20, 30, 200
SOURCES = {Source.SELF: "by themselves", Source.SHOP: "by the shop"} | {each: each.way for each in Source if each.way}


@dataclass(frozen=True)
class Subject:
    """Whose page it is. A guest is known by one of their orders; `contact` is what stands in it."""

    person: Person
    url: str
    contact: OrderContact | None = None
    order: Order | None = None

    @property
    def about(self) -> tuple[str, int]:
        """As the audit trail names it."""
        if self.person.customer is not None:
            return ("customer", self.person.customer.id)
        assert self.order is not None
        return ("order", self.order.id)

    @property
    def is_removed(self) -> bool:
        return not self.person.email

    @property
    def name(self) -> str:
        who = self.person.customer
        if who is not None:
            return who.name or ("Removed" if self.is_removed else "Customer without a name")
        assert self.contact is not None
        return self.contact.delivery_name or self.contact.billing_name or "Guest without a name"


def of_customer(customer: Customer) -> Subject:
    is_there = customer.email is not None and customer.email is not REMOVED
    person = person_of(customer) if is_there else Person(customer, "")
    return Subject(person, url_for("admin.customer", customer_id=customer.id))


def of_guest(order: Order) -> Subject | None:
    """None for an order of an account, and for one of which nothing says any more whose it was."""
    contact = OrderContact.get_or_none(OrderContact.order == order.id)
    if order.customer_id is not None or contact is None or contact.email in (None, REMOVED):
        return None
    return Subject(Person(None, contact.email), url_for("admin.guest", number=order.number), contact, order)


def shown(subject: Subject) -> dict[str, Any]:
    """What the page's template asks for."""
    person = subject.person
    found: dict[str, Any] = {
        "subject": subject,
        "person": person,
        "customer": person.customer,
        "may_erase": has_role(*PRIVACY),
        "may_see_cases": has_role(*PRIVACY),
        "may_take": has_role(*PACKING),
        "desk_page": "customers",
    }
    if subject.is_removed:
        return found
    return found | _everybodys(subject) | (_accounts(person.customer) if person.customer else {})


def _everybodys(subject: Subject) -> dict[str, Any]:
    person, cursor = subject.person, request.args.get("orders")
    theirs = Order.select().where(Order.id.in_(orders_of(person)))
    orders = page_of(theirs, Key(Order.id), cursor=cursor, size=ORDERS_AT_A_TIME)
    cases = Case.select().where(Case.email_index == person.email_index).order_by(Case.id.desc()).limit(CASES_SHOWN)
    erasure = open_erasure(person)
    return {
        "orders": [(order, step_pill(order)) for order in orders.rows],
        "orders_at": {"previous": _turned(subject, orders.previous), "next": _turned(subject, orders.next)},
        "cases": [(case, Topic(case.topic).words) for case in cases],
        "restrictions": [(each, Ground(each.ground).words) for each in in_force(person)],
        "erasure": erasure,
        "may_undo": erasure is not None and erasure.state == ErasureState.REQUESTED,
        "events": _events(*subject.about),
    }


def _turned(subject: Subject, cursor: str | None) -> str | None:
    return f"{subject.url}?orders={cursor}#orders" if cursor else None


def _accounts(customer: Customer) -> dict[str, Any]:
    rows = list(addresses_of(customer))
    return {
        "editable": editable(),
        "addresses": [(row, address_lines(row)) for row in rows],
        "questions": QUESTIONS,
        "answers": newest_consents(customer.id),
        "sources": SOURCES,
        "cards": cards_of(customer.id),
        "refused_at": mail_refused_at(customer),
        "returned_at": parcel_returned_at(customer),
        **notes_shown(customer),
    }


def notes_shown(customer: Customer) -> dict[str, Any]:
    """The notes about a customer, newest first, and who wrote them."""
    notes: Sequence[CustomerNote] = list(
        CustomerNote.select().where(CustomerNote.customer == customer.id).order_by(CustomerNote.id.desc())
    )
    return {"notes": notes, "writers": staff_names({note.staff_id for note in notes})}


def _events(kind: str, row_id: int) -> list[dict[str, Any]]:
    """What the trail says about them, newest first, as the page's timeline takes it."""
    is_about = (AuditEvent.about_kind == kind) & (AuditEvent.about_id == row_id)
    rows = list(AuditEvent.select().where(is_about).order_by(AuditEvent.number.desc()).limit(EVENTS_READ))
    names = staff_names({int(row.actor.removeprefix("staff:")) for row in rows if row.actor.startswith("staff:")})
    alike = [list(some) for _, some in groupby(rows, key=lambda row: (row.kind, row.actor, row.details))]
    return [_event(some[0], len(some), names) for some in alike[:EVENTS_SHOWN]]


def _event(row: AuditEvent, times: int, names: Mapping[int, str]) -> dict[str, Any]:
    """What was done several times in a row is told once."""
    often = f"{times} times, last" if times > 1 else ""
    told = ", ".join(filter(None, (_who(row.actor, names), _how(row), often)))
    return {"at": row.at, "title": _sentence(event_words(row)), "text": told, "kind": ""}


def _sentence(words: str) -> str:
    """As My data says it to themselves, which lists what was given as well; here the order's page does."""
    told = words.replace("it is listed above", "the order’s page says what")
    return told[:1].upper() + told[1:].replace("your ", "their ").replace(" you ", " them ")


def _who(actor: str, names: Mapping[int, str]) -> str:
    if actor.startswith("staff:"):
        return names.get(int(actor.removeprefix("staff:")), "Somebody who worked here")
    return {"shop": "The shop", "guest": "A guest"}.get(actor, "The customer")


def _how(row: AuditEvent) -> str:
    told = json.loads(row.details).get("source")
    return SOURCES[Source(told)] if told in SOURCES and told != Source.SELF else ""
