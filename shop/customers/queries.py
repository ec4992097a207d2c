"""Customers and their sign-ins, looked up."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from .. import clock
from ..vault import blind
from .models import Customer, CustomerSession

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
