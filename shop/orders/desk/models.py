"""How many orders there are of each kind, and what somebody did to several of them at once; and the list's indices."""

from __future__ import annotations

from enum import StrEnum

from peewee import SQL, BooleanField, DateField, ForeignKeyField, IntegerField, fn

from ... import clock
from ...db import BaseModel, ImpersonalText, UtcDateTimeField
from ..models import Order, OrderLine, Refund


class OrderTally(BaseModel):
    """So many orders more, or fewer, of one kind: triggers write a row with each change of an order, in its own
    transaction, and the worker adds them up. Rows are only ever added, so nobody waits for anybody."""

    state = ImpersonalText()
    needs_look = BooleanField()
    deliver_on = DateField(null=True)
    count = IntegerField()


class BulkStep(StrEnum):
    """What can be done to several orders at once."""

    PACK = "pack"
    SEND = "send"
    DONE = "done"
    CANCEL = "cancel"
    RESEND = "resend"
    SEEN = "seen"


class Outcome(StrEnum):
    """What became of one of them. REFUSED says why in `reason`, and so does KEPT: it could not be taken back. What is
    WAITING the worker does once nobody can take it back any more."""

    WAITING = "waiting"
    DONE = "done"
    ALREADY = "already"
    REFUSED = "refused"
    UNDONE = "undone"
    KEPT = "kept"


class BulkAction(BaseModel):
    """A button that somebody at the desk pressed for several orders, for a `reason` where one is asked. Until
    `undo_until` they, and nobody else, can take it back: its mails wait for that long. `restock` is whether the goods
    of orders that it cancels go back on the shelf."""

    token = ImpersonalText(unique=True)
    staff_id = IntegerField()
    step = ImpersonalText()
    at = UtcDateTimeField(default=clock.now, index=True)
    undo_until = UtcDateTimeField()
    reason = ImpersonalText(default="")
    restock = BooleanField(default=True)


class BulkItem(BaseModel):
    """What an action did to one order, which it left at `revision`. `before` is JSON of what to go back to, `written`
    of the rows that going back takes away; `reason` is a sentence without anybody's data."""

    action_id: int
    action = ForeignKeyField(BulkAction, backref="items", on_delete="CASCADE")
    order_id: int
    order = ForeignKeyField(Order, on_delete="CASCADE")
    outcome = ImpersonalText()
    reason = ImpersonalText(default="")
    revision = IntegerField(default=0)
    before = ImpersonalText(default="{}")
    written = ImpersonalText(default="{}")

    class Meta:
        indexes = ((("action", "order"), True),)


# The list is read by time or by total, from either end; each tab and each filter has its own way in.
for columns in (
    (Order.created_at, Order.id),
    (Order.total_cents, Order.id),
    (Order.state, Order.created_at, Order.id),
    (Order.state, Order.total_cents, Order.id),
    (Order.state, Order.deliver_on),
    (Order.needs_look, Order.created_at, Order.id),
    (Order.delivery_code, Order.created_at, Order.id),
    (Order.tax_country, Order.created_at, Order.id),
    (Order.discount_code, Order.created_at, Order.id),
):
    Order.add_index(*columns)
for name, condition in (
    ("order_with_note", "has_note"),
    ("order_refunded", "refunded_cents > 0"),
    ("order_taken", "taken_by IS NOT NULL"),
):
    Order.add_index(Order.index(Order.created_at, Order.id, name=name, where=SQL(condition)))
Order.add_index(Order.index(fn.SUBSTR(Order.number, SQL("1"), SQL("4")), name="order_number_begins"))
Order.add_index(Order.index(fn.SUBSTR(Order.number, SQL("6")), name="order_number_ends"))
OrderLine.add_index(OrderLine.sku)
Refund.add_index(Refund.state)
