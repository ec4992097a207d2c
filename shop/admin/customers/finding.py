"""Finding somebody by what they tell us of themselves: their whole e-mail, their phone number, words of their name.

There is no list of customers to browse, and none to take away: whoever asks for too many is asked to say more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import ModelSelect, fn

from ...audit.services import record
from ...customers.models import Customer
from ...db import db
from ...orders.models import Order, OrderContact
from ...vault import blind, preload, rows_with_name

AT_MOST = 20
DIGITS_AT_LEAST = 6


@dataclass(frozen=True)
class Found:
    """Somebody with an account, or a guest, who is named by their newest order. `mailbox` is their e-mail, blurred."""

    name: str
    mailbox: str
    orders: int
    last: datetime | None
    customer_id: int | None = None
    order_id: int | None = None
    number: str = ""


@dataclass(frozen=True)
class Finding:
    """`by` is "email", "phone" or "name". With more than AT_MOST nobody is in it, for then somebody browses."""

    by: str
    people: Sequence[Found]
    is_too_many: bool = False


def find_people(search: str) -> Finding:
    """The number of queries is the same whoever is found."""
    by = _kind(search)
    accounts = list(_accounts(by, search).order_by(Customer.id.desc()).limit(AT_MOST + 1))
    guests = list(_guests(by, search).limit(AT_MOST + 1))
    if len(accounts) + len(guests) > AT_MOST:
        return Finding(by, (), is_too_many=True)
    return Finding(by, [*_customers(accounts), *_as_guests(guests)])


def note_search(*, staff_id: int, finding: Finding) -> None:
    """That somebody looked for a customer, not for whom; and, with each whom they found, that they did."""
    actor, by = f"staff:{staff_id}", finding.by
    with db.atomic():
        record("customers-searched", actor=actor, about=("staff", staff_id), by=by, found=len(finding.people))
        for found in finding.people:
            if found.customer_id is not None:
                record("customer-found", actor=actor, about=("customer", found.customer_id), by=by)
            elif found.order_id is not None:
                record("order-found", actor=actor, about=("order", found.order_id), by=by)


def _kind(search: str) -> str:
    if "@" in search:
        return "email"
    digits = sum(letter.isdigit() for letter in search)
    return "phone" if digits >= DIGITS_AT_LEAST and not any(letter.isalpha() for letter in search) else "name"


def _is_it(model: Any, by: str, search: str) -> Any:
    if by == "name":
        return model.id.in_(rows_with_name(model, search).select(model.id))
    return getattr(model, f"{by}_index") == blind(by, search)


def _accounts(by: str, search: str) -> ModelSelect[Any]:
    """By their own words, or those of an order in their account."""
    theirs = (
        OrderContact.select(Order.customer)
        .join(Order)
        .where(_is_it(OrderContact, by, search), Order.customer.is_null(False))
    )
    return Customer.select().where(Customer.closed_at.is_null(), _is_it(Customer, by, search) | Customer.id.in_(theirs))


def _guests(by: str, search: str) -> ModelSelect[Any]:
    """For each e-mail without an account, its newest order and how many there are."""
    has_account = Customer.select(Customer.email_index).where(Customer.email_index.is_null(False))
    newest = fn.MAX(OrderContact.order)
    found: ModelSelect[Any] = (
        OrderContact.select(newest.alias("order_id"), fn.COUNT(OrderContact.id).alias("count"))
        .join(Order)
        .where(
            Order.customer.is_null(),
            OrderContact.email_index.is_null(False),
            OrderContact.email_index.not_in(has_account),
            OrderContact.email_index.in_(_indexes(by, search)),
        )
        .group_by(OrderContact.email_index)
        .order_by(newest.desc())
    )
    return found.dicts()


def _indexes(by: str, search: str) -> ModelSelect[Any]:
    """All orders of somebody count, though their words stand in one of them alone."""
    found: ModelSelect[Any] = OrderContact.select(OrderContact.email_index).where(_is_it(OrderContact, by, search))
    return found


def _customers(rows: Sequence[Customer]) -> Iterable[Found]:
    preload(row.subject for row in rows)
    ids = [row.id for row in rows]
    counted: Iterable[Any] = (
        Order.select(Order.customer, fn.COUNT(Order.id), fn.MAX(Order.created_at))
        .where(Order.customer.in_(ids))
        .group_by(Order.customer)
        .tuples()
    )
    orders = {customer_id: (count, last) for customer_id, count, last in counted}
    for row in rows:
        count, last = orders.get(row.id, (0, None))
        yield Found(row.name or "", blurred(row.email), count, last, customer_id=row.id)


def _as_guests(rows: Sequence[dict[str, Any]]) -> Iterable[Found]:
    counts = {row["order_id"]: row["count"] for row in rows}
    contacts = list(OrderContact.select(OrderContact, Order).join(Order).where(OrderContact.order.in_(list(counts))))
    preload(contact.subject for contact in contacts)
    for contact in sorted(contacts, key=lambda contact: -contact.order_id):
        yield Found(
            contact.delivery_name or contact.billing_name or "",
            blurred(contact.email),
            counts[contact.order_id],
            contact.order.created_at,
            order_id=contact.order_id,
            number=contact.order.number,
        )


def blurred(email: object) -> str:
    """Enough to tell two people of one name apart: "w…@guests.example"."""
    name, at, domain = str(email or "").rpartition("@")
    return f"{name[:1]}…{at}{domain}" if at else ""
