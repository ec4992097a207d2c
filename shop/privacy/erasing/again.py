"""Wishes to be forgotten that restored data do not know of: wished again, or taken back again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from ... import clock
from ...config import settings
from ...customers.models import Customer
from ...orders.models import OrderContact
from ...vault import REMOVED
from ..cases.models import Case
from ..person import Person, person_of
from .models import Cause, Erasure, ErasureState
from .plan import plan_for
from .queries import open_erasure
from .services import new_erasure
from .wishes import KEPT, WISHED


def _wish(parts: Sequence[str], _at: datetime) -> None:
    """With the whole time to undo it once more, for the link that undid it may be void."""
    person = _person(*parts)
    if person is None or open_erasure(person) is not None:
        return
    plan, due_at = plan_for(person), clock.now() + timedelta(hours=settings().erase_undo_hours)
    new_erasure(person, Cause.ASKED, due_at, plan.things, plan.hash)


def _keep(parts: Sequence[str], _at: datetime) -> None:
    person = _person(*parts)
    erasure = open_erasure(person) if person is not None else None
    if erasure is not None and erasure.state == ErasureState.REQUESTED:
        undone = {"state": ErasureState.UNDONE, "ended_at": clock.now()}
        Erasure.update(undone).where(Erasure.id == erasure.id).execute()


def _person(kind: str, row_id: str) -> Person | None:
    """None for somebody who is forgotten already."""
    if kind == "customer":
        customer = Customer.get_or_none(Customer.id == int(row_id), Customer.closed_at.is_null())
        return person_of(customer) if customer is not None and _is_there(customer) else None
    is_it = OrderContact.order == int(row_id) if kind == "order" else Case.id == int(row_id)
    row = (OrderContact if kind == "order" else Case).get_or_none(is_it)
    return Person(None, str(row.email)) if row is not None and _is_there(row) else None


def _is_there(row: Any) -> bool:
    return row.email is not None and row.email is not REMOVED


AGAIN: Mapping[str, Callable[[Sequence[str], datetime], None]] = {WISHED: _wish, KEPT: _keep}
