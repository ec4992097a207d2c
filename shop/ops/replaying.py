"""How each kind of single thing is removed again from restored data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from .. import clock
from ..admin.access.going_again import AGAIN as STAFF
from ..customers.services.removing_again import AGAIN
from ..orders.models import Order, OrderContact
from ..payments.models import StoredCard
from ..privacy.erasing.again import AGAIN as WISHES
from ..vault import on_replay


def install() -> None:
    """Call it before the erasure ledger is followed."""
    for kind, function in {**AGAIN, **WISHES, **STAFF, "card": _card, "order-contact": _order_value}.items():
        on_replay(kind, function)


def _card(parts: Sequence[str], _at: datetime) -> None:
    """The worker has it deleted at the payment processor once more."""
    kept = (StoredCard.id == int(parts[0])) & StoredCard.removed_at.is_null()
    now = clock.now()
    StoredCard.update(removed_at=now, due_at=now, tries=0, expires_on=None).where(kept).execute()


def _order_value(parts: Sequence[str], _at: datetime) -> None:
    row_id, column = parts
    contact = OrderContact.get_or_none(OrderContact.id == int(row_id))
    if contact is None:
        return
    setattr(contact, column, None)
    contact.save()
    if column == "note":
        Order.update(has_note=False).where(Order.id == contact.order_id).execute()
