"""A person about whom everything is held: a string of its own in each personal column of each table.

    canary = plant(customer, cart)
    canary.planted[("order_contact", "phone")]      the text in that column
    canary.rows                                     the rows, by table

A new table is filled by itself; one whose columns ask for particular codes says so in `CODES`, or planting fails.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from peewee import BlobField, DateField, DateTimeField, Field, ForeignKeyField, TextField

from shop import clock
from shop.cart.models import Cart
from shop.customers.models import Customer
from shop.ops.models import all_models
from shop.orders.models import Order
from shop.outbox.models import Mail
from shop.privacy.cases.models import Case
from shop.privacy.person import Person, ways_to
from shop.vault import Sealed, SealedModel, Source, new_subject

# Columns of which the database takes certain codes alone, or that would change what is shown.
CODES: dict[str, dict[str, Any]] = {
    "data_request": {"proof": "document", "way": "mail"},
    "restriction": {"ground": "legal", "of_table": "reminder"},
    "mail": {"kind": "order-confirmed", "about_kind": "customer", "state": "sent"},
    "mailed_link": {"purpose": "sign-up"},
    "erasure": {"cause": "asked", "state": "undone", "shown": "[]"},
    "told_recipient": {"recipient": "carrier"},
    "case": {"topic": "question"},
    "order": {"currency": "USD", "quote": "{}", "state": "placed"},
    "payment": {"state": "settled"},
}


@dataclass
class Canary:
    person: Person
    planted: dict[tuple[str, str], str] = field(default_factory=dict)
    rows: dict[type[SealedModel], Any] = field(default_factory=dict)

    def rows_by_name(self, table: str) -> Any:
        return next(row for model, row in self.rows.items() if model._meta.table_name == table)


def plant(customer: Customer, cart: Cart | None = None) -> Canary:
    """Fill every personal column that this customer can have; their e-mail changes with it."""
    cart = cart or Cart.create(token_hash=secrets.token_bytes(32))
    canary = Canary(Person(customer, "", cart))
    fill(customer, canary)
    customer.save()
    canary.rows[Customer] = customer
    canary.person = Person(customer, str(customer.email), cart)
    made: dict[Any, Any] = {Customer: customer, Cart: cart}
    for model in all_models():
        if issubclass(model, SealedModel) and model is not Customer:
            canary.rows[model] = made[model] = _row(model, made, canary)
    return canary


def fill(row: Any, canary: Canary) -> None:
    """Put a string of its own into each personal column of a row, and remember it."""
    for column in row._meta.sorted_fields:
        if isinstance(column, Sealed):
            text = _text(row, column, canary)
            setattr(row, column.name, text)
            canary.planted[row._meta.table_name, column.name] = text


def _text(row: Any, column: Sealed, canary: Canary) -> str:
    """An address by which alone the row is found is the person's own; any other is like no other text."""
    mark = f"canary {row._meta.table_name} {column.name} {secrets.token_hex(4)}"
    if column.kind != "email":
        return mark
    is_found_otherwise = bool(ways_to(type(row), {Customer, Order, Cart})) or isinstance(row, Customer | Mail)
    return f"{mark.replace(' ', '.')}@canary.example" if is_found_otherwise else canary.person.email


def _row(model: Any, made: dict[Any, Any], canary: Canary) -> Any:
    values = {} if not issubclass(model, SealedModel) else {"subject": _subject(model, made), "source": Source.SELF}
    for column in model._meta.sorted_fields:
        if column.name not in {"id", "subject", "source"} and not isinstance(column, Sealed):
            value = _plain(model, column, made, canary)
            if value is not None:
                values[column.name] = value
    row = model(**values)
    fill(row, canary)
    row.save(force_insert=True)
    return row


def _subject(model: Any, made: dict[Any, Any]) -> str:
    declared = [column.personal for column in model._meta.sorted_fields if isinstance(column, Sealed)]
    retention = declared[0].retention
    if retention == "profile":
        return str(made[Customer].subject)
    parent = next((key.rel_model for key in model._meta.refs if key.rel_model is Case), None)
    return str(made[parent].subject) if parent in made else new_subject(retention)


def _plain(model: Any, column: Field, made: dict[Any, Any], canary: Canary) -> Any:
    """What a plain column needs: a code, a row that it leads to, or anything at all where it may not be empty."""
    code = CODES.get(model._meta.table_name, {}).get(column.name)
    if code is not None:
        return code
    if isinstance(column, ForeignKeyField):
        if column.rel_model not in made and not column.null:
            made[column.rel_model] = _row(column.rel_model, made, canary)
        return made[column.rel_model].id if column.rel_model in made else None
    if column.name == "about_id":
        return canary.person.customer.id if canary.person.customer else 0
    if column.null or column.default is not None:
        return None
    if isinstance(column, BlobField):
        return secrets.token_bytes(16)
    if isinstance(column, TextField):
        return secrets.token_hex(8)
    return clock.now() if isinstance(column, DateTimeField | DateField) else 1
