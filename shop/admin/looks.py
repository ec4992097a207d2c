"""The reasons that staff gave today for opening what is a customer's, and the note that they did."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple, TypeAlias

from .. import clock
from ..audit.services import record
from ..days import today
from ..db import db
from ..orders.models import Order, OrderState
from ..privacy.cases.models import Case
from ..privacy.look_reasons import LookReason
from .models import Look

# What is opened, as the audit trail names it: ("order", 12).
About: TypeAlias = tuple[str, int]
EVENTS = {
    "order": "order-opened",
    "customer": "customer-opened",
    "case": "case-read",
    "checkout_draft": "draft-opened",
}


class Given(NamedTuple):
    """A reason that holds today; `is_noted` when the very thing was opened with it before."""

    reason: LookReason
    is_noted: bool


def given(*, staff_id: int, about: About, customer_id: int | None, days: int = 1) -> Given | None:
    """The reason given in the last `days` for this very thing, or for whatever is the customer's. One query."""
    mine = (Look.staff == staff_id) & Look.day.in_([_day(back) for back in range(days)])
    wanted = (Look.about_kind == about[0]) & (Look.about_id == about[1])
    if customer_id is not None:
        wanted |= (Look.about_kind == "customer") & (Look.about_id == customer_id)
    found = Look.select().where(mine & wanted).order_by(Look.day)
    rows = {(row.about_kind, row.about_id): row for row in found}
    own, customers = rows.get(about), rows.get(("customer", customer_id or 0))
    row = own or customers
    return None if row is None else Given(LookReason(row.reason), own is not None and own.opened_at is not None)


def reason_by_itself(about: About) -> LookReason | None:
    """An order that waits to be packed or sent, one that is being taken, and a case that waits for its answer, say
    themselves why."""
    kind, row_id = about
    if kind == "order":
        waits = Order.state.in_((OrderState.PLACED, OrderState.PACKED, OrderState.PARTLY_SENT))
        return LookReason.PACKING if Order.select().where(Order.id == row_id, waits).exists() else None
    if kind == "checkout_draft":
        # Whoever gave us an order asked us to work on it.
        return LookReason.ASKED
    if kind == "case":
        return LookReason.CASE if Case.select().where(Case.id == row_id, Case.closed_at.is_null()).exists() else None
    return None


def give_reason(*, staff_id: int, about: About, customer_id: int | None, reason: LookReason) -> None:
    """Let this hold for the rest of the day, for all that is the same customer's. Those of the day before
    hold for pages that are still open; older ones are the trail's alone."""
    kind, row_id = about if customer_id is None else ("customer", customer_id)
    with db.atomic():
        Look.delete().where(Look.day.not_in([_day(0), _day(1)])).execute()
        _row(staff_id, (kind, row_id), reason)


def note_look(*, staff_id: int, about: About, reason: LookReason) -> None:
    """That somebody opened it, and what for."""
    with db.atomic():
        _row(staff_id, about, reason)
        is_this = (Look.staff == staff_id) & (Look.day == _day(0))
        is_this &= (Look.about_kind == about[0]) & (Look.about_id == about[1])
        Look.update(opened_at=clock.now()).where(is_this).execute()
        record(EVENTS[about[0]], actor=f"staff:{staff_id}", about=about, reason=reason.value)


def _row(staff_id: int, about: About, reason: LookReason) -> None:
    """Whoever gave one before keeps it."""
    Look.insert(
        staff=staff_id, day=_day(0), about_kind=about[0], about_id=about[1], reason=reason, at=clock.now()
    ).on_conflict_ignore().execute()


def _day(back: int) -> str:
    """Today in the shop's time zone, or so many days before."""
    return (today() - timedelta(days=back)).isoformat()
