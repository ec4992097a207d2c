"""One customer's changes wait for one another."""

from __future__ import annotations

from ...db import is_sqlite
from ..models import Customer


def locked(customer: Customer) -> Customer:
    """The row as it is now, and as it stays until the caller's transaction ends: SQLite has one writer at a time.

    Raises Customer.DoesNotExist for an account that was closed meanwhile.
    """
    query = Customer.select().where((Customer.id == customer.id) & Customer.closed_at.is_null())
    found: Customer = (query if is_sqlite() else query.for_update()).get()
    return found
