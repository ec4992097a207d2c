"""The wish to be forgotten, and its taking back, noted by ids where no restore loses them."""

from __future__ import annotations

from ...orders.models import Order
from ...vault import note_removal
from ..cases.models import Case
from ..person import Person, orders_of

WISHED, KEPT = "erasure-wished", "erasure-kept"


def note_wish(kind: str, person: Person) -> None:
    """In the caller's transaction: WISHED, or KEPT when it was taken back. A guest is known by an order or a case."""
    if person.customer is not None:
        note_removal(kind, "customer", person.customer.id)
        return
    order = Order.select(Order.id).where(Order.id.in_(orders_of(person))).order_by(Order.id).first()
    case = Case.select(Case.id).where(Case.email_index == person.email_index).order_by(Case.id).first()
    found = [("order", order), ("case", case)]
    for name, row in [(name, row) for name, row in found if row is not None][:1]:
        note_removal(kind, name, row.id)
