"""One customer's changes wait for one another."""

from __future__ import annotations

from ...db import taken
from ..models import Customer


def locked(customer: Customer) -> Customer:
    """The row as it is now, and as it stays until the caller's transaction ends.

    Raises Customer.DoesNotExist for an account that was closed meanwhile.
    """
    query = Customer.select().where((Customer.id == customer.id) & Customer.closed_at.is_null())
    found: Customer = taken(query).get()
    return found
