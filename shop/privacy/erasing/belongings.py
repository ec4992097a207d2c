"""All that is somebody's, sorted by what an erasure does with it: the rows themselves, before words are put to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ...customers.models import Customer
from ...db import BaseModel
from ...orders.models import LockedInvoice, Order, OrderContact
from ...orders.unfinished import Unfinished, unfinished
from ...outbox.models import Mail
from ...vault import SealedModel
from ..cases.models import Case
from ..person import Person, orders_of, rows_about
from .models import Erasure

# Orders forget in their own way, what they lock stays locked, and an erasure outlives what it erases.
APART: tuple[type[BaseModel], ...] = (Order, OrderContact, LockedInvoice, Erasure)
# A sign-in to the desk is no customer's: it ends when its person leaves.
STAFF = "staff"
OF_STAFF = (STAFF, "staff_authenticator")


@dataclass(frozen=True)
class Belongings:
    """`rows` are those that go as a whole, by table; `held` are orders that are not finished and `open_cases` questions
    that are not closed, which keep what they need; `staff` is their sign-in to the desk, if they work here."""

    person: Person
    rows: dict[type[SealedModel], list[Any]]
    plain: dict[type[BaseModel], int]
    orders: list[Order]
    held: dict[int, Unfinished]
    contacts: dict[int, str]
    locked: dict[int, str]
    open_cases: list[Case]
    staff: list[Any]

    def subjects(self) -> set[str]:
        """The keys of all that goes as a whole."""
        return {row.subject for rows in self.rows.values() for row in rows}


def belongings_of(person: Person) -> Belongings:
    """The number of queries is the same however much there is."""
    found = rows_about(person)
    orders = list(Order.select().where(Order.id.in_(orders_of(person))).order_by(Order.id))
    held = unfinished([order for order in orders if order.deactivated_at is None])
    cases = [case for case in found.get(Case, []) if case.is_open]
    kept = {("order", order_id) for order_id in held} | {("case", case.id) for case in cases}
    open_keys = {case.subject for case in cases}
    ours = [model for model in found if model not in APART and model._meta.table_name not in OF_STAFF]
    return Belongings(
        person=person,
        rows={model: list(_going(found[model], kept, open_keys)) for model in ours},
        plain=_counts(person.customer),
        orders=orders,
        held=held,
        contacts={row.order_id: row.subject for row in found.get(OrderContact, [])},
        locked={row.order_id: row.subject for row in found.get(LockedInvoice, [])},
        open_cases=cases,
        staff=[row for model, rows in found.items() if model._meta.table_name == STAFF for row in rows],
    )


def _going(rows: list[Any], kept: set[tuple[str, int]], open_keys: set[str]) -> Iterator[Any]:
    for row in rows:
        is_needed = row.subject in open_keys or (isinstance(row, Mail) and (row.about_kind, row.about_id) in kept)
        if not is_needed:
            yield row


def plain_tables() -> list[tuple[type[BaseModel], str]]:
    """The tables without personal columns whose rows are one customer's, with the name of the key that says whose."""
    return [
        (key.model, key.name)
        for key in Customer._meta.backrefs
        if not issubclass(key.model, SealedModel) and key.model not in APART
    ]


def _counts(customer: Customer | None) -> dict[type[BaseModel], int]:
    if customer is None:
        return {}
    counted = {model: model.select().where(getattr(model, key) == customer.id).count() for model, key in plain_tables()}
    return {model: count for model, count in counted.items() if count}
