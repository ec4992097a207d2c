"""What a row of the order list says, gathered for all rows of a page at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ... import clock
from ...days import today
from ...outbox.models import Mail, MailState
from ...outbox.queries import is_stuck
from ...outbox.troubles import BOUNCES
from ...vault import REMOVED, Source, preload
from ..carriers import OWN_ROUND, PICK_UP
from ..models import Order, OrderContact, OrderEvent, OrderState, Payment, Refund
from ..queries import item_counts
from ..states import Pill, is_given_back, money_pill, step_pill

LONG = timedelta(days=2)
ADDRESS_CHANGED = ("address corrected",)


@dataclass(frozen=True)
class NextStep:
    """`step` is what a button does at once, with `carrier` where it needs one; without it the order's own page asks."""

    words: str
    step: str = ""
    carrier: str = ""


@dataclass(frozen=True)
class Flag:
    kind: str
    words: str


@dataclass(frozen=True)
class OrderRow:
    """One order in the list. `name` is "removed" once the customer was forgotten, `waits` how many days it has waited
    for its next step, when these are many."""

    order: Order
    name: str
    item_count: int
    money: Pill
    step: Pill
    next: NextStep | None
    flags: Sequence[Flag]
    waits: int
    is_late: bool


def rows_of(orders: Sequence[Order]) -> list[OrderRow]:
    """As many queries for one order as for a page of them."""
    ids = [order.id for order in orders]
    names, counts, flags = _names(ids), item_counts(ids), _flags(orders)
    payments, refunds = _by_order(Payment, ids), _by_order(Refund, ids)
    return [
        OrderRow(
            order=order,
            name=names.get(order.id, str(REMOVED)),
            item_count=counts.get(order.id, 0),
            money=money_pill(order, payments[order.id], refunds[order.id]),
            step=step_pill(order),
            next=next_step(order, is_back=is_given_back(order, refunds[order.id])),
            flags=flags[order.id],
            waits=_waits(order),
            is_late=is_late(order),
        )
        for order in orders
    ]


def next_step(order: Order, *, is_back: bool) -> NextStep | None:
    """`is_back` when all of its money went back: then a person decides."""
    if order.cancel_due_at is not None:
        return None
    match OrderState(order.state):
        case OrderState.PLACED | OrderState.PACKED if is_back:
            return NextStep("Look…")
        case OrderState.PLACED:
            return NextStep("Packed", "pack")
        case OrderState.PACKED if not order.needs_address:
            return NextStep("Ready", "send", PICK_UP)
        case OrderState.PACKED if order.deliver_on is not None:
            return NextStep("Out", "send", OWN_ROUND)
        case OrderState.PACKED | OrderState.PARTLY_SENT:
            return NextStep("Send…")
        case OrderState.SHIPPED:
            return NextStep("Done", "done")
    return None


def is_late(order: Order) -> bool:
    """Whether a promised day is over, and the customer has it not."""
    is_here = order.state in (OrderState.PLACED, OrderState.PACKED, OrderState.PARTLY_SENT)
    return is_here and order.deliver_on is not None and order.deliver_on < today()


def _waits(order: Order) -> int:
    since = {OrderState.PLACED: order.placed_at, OrderState.PACKED: order.packed_at}.get(OrderState(order.state))
    waited = clock.now() - since if since else timedelta(0)
    return waited.days if waited >= LONG else 0


def _names(ids: Sequence[int]) -> dict[int, str]:
    columns = (OrderContact.order, OrderContact.subject, OrderContact.delivery_name, OrderContact.billing_name)
    contacts = list(OrderContact.select(*columns).where(OrderContact.order.in_(ids)))
    preload(contact.subject for contact in contacts)
    return {contact.order_id: contact.delivery_name or contact.billing_name or "" for contact in contacts}


def _by_order(model: Any, ids: Iterable[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in model.select().where(model.order.in_(list(ids))).order_by(model.id):
        found[row.order_id].append(row)
    return found


def _flags(orders: Sequence[Order]) -> dict[int, list[Flag]]:
    """The loudest first."""
    ids, found = [order.id for order in orders], defaultdict[int, list[Flag]](list)
    for order in orders:
        if order.needs_look:
            found[order.id].append(Flag("problem", "Needs a look"))
    for order_id, flag in _stuck_mails(ids).items():
        found[order_id].append(flag)
    moved = OrderEvent.select(OrderEvent.order).where(OrderEvent.order.in_(ids), OrderEvent.kind.in_(ADDRESS_CHANGED))
    for order_id in {event.order_id for event in moved}:
        found[order_id].append(Flag("sent", "Address changed"))
    for order in orders:
        if order.has_note:
            found[order.id].append(Flag("note", "Note"))
        if order.taken_by is not None:
            found[order.id].append(Flag("note", f"Taken {Source(order.source).way}".strip()))
    return found


def _stuck_mails(ids: Sequence[int]) -> dict[int, Flag]:
    mails = Mail.select(Mail.about_id, Mail.state, Mail.error).where(
        Mail.about_kind == "order", Mail.about_id.in_(ids), is_stuck()
    )
    return {mail.about_id: _mail_flag(mail) for mail in mails}


def _mail_flag(mail: Mail) -> Flag:
    if mail.error in BOUNCES:
        return Flag("bounced", "Mail bounced")
    return Flag("failed", "Mail failed") if mail.state == MailState.FAILED else Flag("sent", "Mail waits")
