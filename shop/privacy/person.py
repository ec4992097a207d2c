"""Whose data it is, and every row that is theirs: found by following the tables themselves, so that none is missed.

A row is somebody's when it leads to their account, to an order of theirs or to this browser's cart, when it is sealed
for a subject of theirs, or when a blind index says that their proven e-mail stands in it. A row that leads to another
customer's account is that customer's, whatever address stands in it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_
from typing import Any, TypeAlias

from peewee import SQL, ForeignKeyField, ModelSelect

from ..cart.models import Cart
from ..checkout.models import CheckoutDraft
from ..customers.models import Customer
from ..db import BaseModel
from ..orders.models import Order, OrderContact
from ..vault import Sealed, SealedModel, blind
from ..vault.fields import sealed_models
from .cases.models import Case
from .models import DataRequest, Restriction

ROOTS = (Customer, Order, Cart, Case)
ABOUT = {
    "order": Order,
    "customer": Customer,
    "case": Case,
    "data_request": DataRequest,
    "restriction": Restriction,
    "checkout_draft": CheckoutDraft,
}
Query: TypeAlias = "ModelSelect[Any]"


@dataclass(frozen=True)
class Person:
    """Somebody whose e-mail is proven. Without `customer` they are a guest; `cart` is that of the browser they use."""

    customer: Customer | None
    email: str
    cart: Cart | None = None

    @property
    def email_index(self) -> bytes | None:
        return blind("email", self.email)

    @cached_property
    def roots(self) -> dict[Any, Any]:
        """The ids of what else leads to, as subselects that are put into words once: they stand in every query."""
        customers = Customer.select(Customer.id).where(Customer.id == (self.customer.id if self.customer else 0))
        carts = Cart.select(Cart.id).where(Cart.id == (self.cart.id if self.cart else 0))
        cases = Case.select(Case.id).where(Case.email_index == self.email_index)
        found = {Customer: customers, Order: orders_of(self), Cart: carts, Case: cases}
        return {model: _in_words(query) for model, query in found.items()}


def person_of(customer: Customer, cart: Cart | None = None) -> Person:
    """The customer, with the guest orders of their e-mail."""
    return Person(customer, str(customer.email), cart)


def rows_about(person: Person) -> dict[type[SealedModel], list[Any]]:
    """Every row with a personal column that is theirs, by table; tables without one are there with an empty list."""
    return {model: list(query) for model, query in selects_about(person).items()}


def subjects_of(person: Person) -> set[str]:
    """The keys that all of it is sealed with."""
    return {row.subject for rows in rows_about(person).values() for row in rows}


def selects_about(person: Person) -> dict[type[SealedModel], Query]:
    """The same as queries, for those who want a part of them or read them piece by piece."""
    return {model: theirs(model, person) for model in our_models()}


def peoples_tables() -> list[type[BaseModel]]:
    """Every table that holds something about somebody: those with personal columns, and those that lead to people."""
    root = f"{__name__.partition('.')[0]}."
    ours = [model for model in _below(BaseModel) if model.__module__.startswith(root)]
    found = [model for model in ours if not getattr(model, "is_abstract", False) and _is_about_people(model)]
    return sorted(found, key=lambda model: str(model._meta.table_name))


def _below(model: type[BaseModel]) -> set[type[BaseModel]]:
    return {found for child in model.__subclasses__() for found in {child, *_below(child)}}


def _is_about_people(model: type[BaseModel]) -> bool:
    is_sealed = issubclass(model, SealedModel)
    return model in ROOTS or is_sealed or bool(ways_to(model, ROOTS)) or _names_what(model)


def our_models() -> list[type[SealedModel]]:
    """Every table of the shop with a personal column."""
    root = f"{__name__.partition('.')[0]}."
    return [model for model in sealed_models() if model.__module__.startswith(root)]


def _in_words(query: Query) -> SQL:
    words, values = query.sql()
    return SQL(f"({words})", values)


def orders_of(person: Person) -> Query:
    """A select of the ids of their orders: of their account, and nobody's but placed with their e-mail."""
    by_email = OrderContact.select(OrderContact.order).where(OrderContact.email_index == person.email_index)
    is_guests = Order.customer.is_null() & Order.id.in_(by_email)
    is_theirs = ((Order.customer == person.customer.id) | is_guests) if person.customer else is_guests
    found: Query = Order.select(Order.id).where(is_theirs)
    return found


def theirs(model: Any, person: Person) -> Query:
    """A select of one table's rows that are theirs."""
    query: Query = model.select()
    if model in ROOTS:
        return query.where(model.id.in_(person.roots[model]))
    ways = [*_sealed_for(model, person), *_leading(model, person), *_about(model, person), *_indexed(model, person)]
    ways += _of_indexed(model, person)
    return query.where(reduce(or_, ways), *_not_anothers(model, person))


def _not_anothers(model: Any, person: Person) -> list[Any]:
    """What names another customer is theirs, even in the cart of a browser that both use."""
    names = [key for key in model._meta.refs if key.rel_model is Customer]
    return [key.is_null() | (key == (person.customer.id if person.customer else 0)) for key in names]


def _sealed_for(model: Any, person: Person) -> list[Any]:
    """A condition for rows that share a key with their account, whatever else they lead to."""
    if person.customer is None or not issubclass(model, SealedModel):
        return []
    return [model.subject == person.customer.subject]


def _leading(model: Any, person: Person) -> list[Any]:
    """Conditions for rows whose foreign keys lead, over whatever is between, to their account, order, cart or case."""
    return [_through(way, person.roots[way[-1].rel_model]) for way in ways_to(model, ROOTS)]


def _through(way: list[ForeignKeyField], end: Any) -> Any:
    for key in reversed(way[1:]):
        end = key.model.select(key.model.id).where(key.in_(end))
    return way[0].in_(end)


def ways_to(model: Any, ends: Collection[Any], before: tuple[Any, ...] = ()) -> list[list[ForeignKeyField]]:
    """Each chain of foreign keys from `model` to one of `ends`."""
    found: list[list[ForeignKeyField]] = []
    for key in model._meta.refs:
        if key.rel_model in ends:
            found.append([key])
        elif key.rel_model is not model and key.rel_model not in before:
            found += [[key, *rest] for rest in ways_to(key.rel_model, ends, (*before, model))]
    return found


def _about(model: Any, person: Person) -> list[Any]:
    """Conditions for rows that name in `about_kind` and `about_id` what they are about."""
    if not _names_what(model):
        return []
    indexed = (DataRequest, Restriction, CheckoutDraft)
    asked = {each: each.select(each.id).where(*_indexed(each, person)) for each in indexed}
    ids = {**person.roots, **asked}
    return [(model.about_kind == kind) & model.about_id.in_(ids[about]) for kind, about in sorted(ABOUT.items())]


def _names_what(model: Any) -> bool:
    return {"about_kind", "about_id"} <= set(model._meta.fields)


def _indexed(model: Any, person: Person) -> list[Any]:
    """Conditions for rows in which their e-mail stands, unless they lead to somebody else's account."""
    fields = [field for field in model._meta.sorted_fields if isinstance(field, Sealed) and field.kind == "email"]
    found = [getattr(model, str(field.blind_index)) == person.email_index for field in fields if field.blind_index]
    if not found:
        return []
    condition = reduce(or_, found)
    for way in [way for way in ways_to(model, {Customer}) if len(way) > 1]:
        others = way[-1].model.select(way[-1].model.id).where(_is_anothers(way[-1], person))
        condition &= way[0].is_null() | ~_through(way[:-1], others)
    return [condition]


def _of_indexed(model: Any, person: Person) -> list[Any]:
    """Conditions for sealed rows that lead to one in which their e-mail stands, such as their sign-in to the desk."""
    if not issubclass(model, SealedModel):
        return []
    return [
        key.in_(key.rel_model.select(key.rel_model.id).where(*_indexed(key.rel_model, person)))
        for key in parents_with_index(model)
    ]


def parents_with_index(model: Any) -> list[ForeignKeyField]:
    """The keys to tables that lead to nobody, but whose rows are found by an e-mail."""
    return [
        key
        for key in model._meta.refs
        if issubclass(key.rel_model, SealedModel) and not ways_to(key.rel_model, ROOTS) and _has_email(key.rel_model)
    ]


def _has_email(model: Any) -> bool:
    fields = [field for field in model._meta.sorted_fields if isinstance(field, Sealed)]
    return model not in ROOTS and any(field.kind == "email" and field.blind_index for field in fields)


def _is_anothers(key: ForeignKeyField, person: Person) -> Any:
    is_somebodys = key.is_null(False)
    return is_somebodys & (key != person.customer.id) if person.customer else is_somebodys
