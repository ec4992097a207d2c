"""Customers and their sign-ins, looked up."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from peewee import ModelSelect

from .. import clock
from ..vault import blind
from .models import Address, AddressUse, Customer, CustomerSession

IDLE_FOR, IN_ALL = timedelta(days=14), timedelta(days=90)


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def session_of(token: str) -> CustomerSession | None:
    """The sign-in that `token` stands for, with its `customer`; None when it ended, or the account was closed."""
    now = clock.now()
    found: CustomerSession | None = (
        CustomerSession.select(CustomerSession, Customer)
        .join(Customer)
        .where(
            CustomerSession.token_hash == token_hash(token),
            CustomerSession.seen_at > now - IDLE_FOR,
            CustomerSession.created_at > now - IN_ALL,
            Customer.closed_at.is_null(),
        )
        .first()
    )
    return found


def customer_with(email: str) -> Customer | None:
    """The account that is signed in to with this e-mail, unless it was closed."""
    is_it = (Customer.email_index == blind("email", email)) & Customer.closed_at.is_null()
    found: Customer | None = Customer.get_or_none(is_it)
    return found


def addresses_of(customer: Customer) -> ModelSelect[Any]:
    """A customer's addresses, in the order in which they came."""
    found: ModelSelect[Any] = Address.select().where(Address.customer == customer.id).order_by(Address.id)
    return found


def address_of(customer: Customer, address_id: int) -> Address | None:
    """One of this customer's own addresses; None for anybody else's, and for none."""
    is_theirs = (Address.id == address_id) & (Address.customer == customer.id)
    found: Address | None = Address.get_or_none(is_theirs)
    return found


def default_address(customer: Customer, use: AddressUse) -> Address | None:
    """The one that orders begin with; None when there is no address at all."""
    is_it = (Address.customer == customer.id) & getattr(Address, use.column)
    found: Address | None = Address.get_or_none(is_it)
    return found
