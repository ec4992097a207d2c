"""Orders for lists and pages: which ones, and what each state is in plain words."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import ModelSelect, fn

from ..addresses import address_lines
from ..catalogue.queries import PictureShown, variants_for_sale
from ..pricing.quote import Quote
from ..vault import REMOVED, blind, preload
from .cancelling import Reason
from .models import (
    Order,
    OrderContact,
    OrderEvent,
    OrderLine,
    OrderState,
    Payment,
    PaymentState,
    Refund,
    RefundState,
    Shipment,
)
from .numbers import as_number
from .states import ON_ITS_WAY, Pill, deciding_payment, money_pill, step_pill

PER_PAGE = 25
ALARMS = ("alarm", "refund failed", "payment not settled")
# The list's tabs: name in the URL, words, and the states in it; the last one holds everything.
TABS = (
    ("placed", "To pack", (OrderState.PLACED,)),
    ("packed", "To send", (OrderState.PACKED, OrderState.PARTLY_SENT)),
    ("shipped", "Sent", (OrderState.SHIPPED,)),
    ("unpaid", "Being paid", (OrderState.PENDING, OrderState.PAYMENT_FAILED)),
    ("cancelled", "Cancelled", (OrderState.CANCELLED,)),
    ("", "All", tuple(OrderState)),
)


@dataclass(frozen=True)
class Tab:
    name: str
    words: str
    count: int


@dataclass(frozen=True)
class OrderRow:
    """One order in a list. `name` is "removed" once the customer was forgotten."""

    order: Order
    name: str
    item_count: int
    money: Pill
    step: Pill
    needs_a_look: bool


@dataclass(frozen=True)
class OrderPage:
    """Some orders, newest first; `older` and `newer` are the ids to go on from, None at the ends."""

    rows: Sequence[OrderRow]
    older: int | None
    newer: int | None


def order_with(number: str) -> Order | None:
    """By its number, however that is written."""
    meant = as_number(number)
    found: Order | None = Order.get_or_none(Order.number == meant) if meant else None
    return found


@dataclass(frozen=True)
class OrderFile:
    """Everything about one order."""

    order: Order
    quote: Quote
    contact: OrderContact | None
    lines: Sequence[OrderLine]
    pictures: Mapping[int, PictureShown | None]
    payments: Sequence[Payment]
    refunds: Sequence[Refund]
    shipments: Sequence[Shipment]
    events: Sequence[OrderEvent]

    @property
    def needs_address(self) -> bool:
        return self.quote.needs_address

    @property
    def is_billed_elsewhere(self) -> bool:
        """Whether the invoice names another address than the parcel."""
        return self.delivery_address != self.billing_address and len(self.billing_address) > 1

    @property
    def delivery_address(self) -> tuple[str, ...]:
        return address_lines(self.contact, "delivery")

    @property
    def billing_address(self) -> tuple[str, ...]:
        return address_lines(self.contact, "billing")

    @property
    def payment(self) -> Payment | None:
        """The attempt that counts."""
        return deciding_payment(self.payments) if self.payments else None

    @property
    def is_money_moving(self) -> bool:
        """Whether the bank is being asked something just now."""
        moving = (PaymentState.SENDING, PaymentState.UNKNOWN, PaymentState.VOID_DUE)
        return any(each.state in moving for each in self.payments) or any(
            each.state in ON_ITS_WAY for each in self.refunds
        )

    @property
    def open_alarms(self) -> list[OrderEvent]:
        return open_alarms(self.events, self.refunds)

    @property
    def cancel_reason(self) -> Reason | None:
        found = next((event for event in self.events if event.kind == "cancelled"), None)
        return Reason(json.loads(found.details)["code"]) if found else None


def order_file(order: Order) -> OrderFile:
    """The order with all its rows, each kind in one query."""
    lines = _of(OrderLine, order, OrderLine.position)
    variants = variants_for_sale(line.variant_id for line in lines if line.variant_id)
    return OrderFile(
        order=order,
        quote=Quote.from_json(order.quote),
        contact=OrderContact.get_or_none(OrderContact.order == order.id),
        lines=lines,
        pictures={line.id: variants[line.variant_id].picture for line in lines if line.variant_id in variants},
        payments=_of(Payment, order, Payment.id),
        refunds=refunds_of(order),
        shipments=_of(Shipment, order, Shipment.id),
        events=_of(OrderEvent, order, OrderEvent.id),
    )


def _of(model: Any, order: Order, by: Any) -> list[Any]:
    return list(model.select().where(model.order == order.id).order_by(by))


def refunds_of(order: Order) -> list[Refund]:
    """Oldest first."""
    return _of(Refund, order, Refund.id)


def open_alarms(events: Iterable[OrderEvent], refunds: Iterable[Refund]) -> list[OrderEvent]:
    """What still needs a person's eyes: a refund that failed does not once it was tried again."""
    settled = {refund.id for refund in refunds if refund.state == RefundState.TRIED_AGAIN}
    alarms = (event for event in events if event.kind in ALARMS)
    return [event for event in alarms if json.loads(event.details).get("refund") not in settled]


def tabs() -> list[Tab]:
    """The list's tabs with how many orders each holds, in one query."""
    rows: Iterable[Any] = Order.select(Order.state, fn.COUNT(Order.id)).group_by(Order.state).tuples()
    counts: dict[str, int] = dict(rows)
    return [Tab(name, words, sum(counts.get(state, 0) for state in states)) for name, words, states in TABS]


def order_page(
    *, tab: str = "", search: str = "", before: int | None = None, after: int | None = None, size: int = PER_PAGE
) -> OrderPage:
    """A page of the list: a tab's orders, or those with this number or exactly this e-mail, from a place on.

    The number of queries is the same whatever the number of orders.
    """
    wanted = _matching(search) if search else _in_tab(tab)
    if after is not None:
        found = list(wanted.where(Order.id > after).order_by(Order.id).limit(size + 1))
        has_newer, orders = len(found) > size, found[:size][::-1]
        return OrderPage(_rows(orders), *_ends(orders, has_older=True, has_newer=has_newer))
    if before is not None:
        wanted = wanted.where(Order.id < before)
    found = list(wanted.order_by(Order.id.desc()).limit(size + 1))
    orders = found[:size]
    return OrderPage(_rows(orders), *_ends(orders, has_older=len(found) > size, has_newer=before is not None))


def _in_tab(tab: str) -> ModelSelect[Any]:
    states = next((states for name, _, states in TABS if name == tab and name), None)
    everything: ModelSelect[Any] = Order.select()
    return everything if states is None else everything.where(Order.state.in_(states))


def _matching(search: str) -> ModelSelect[Any]:
    if "@" in search:
        of_email = OrderContact.select(OrderContact.order).where(OrderContact.email_index == blind("email", search))
        return Order.select().where(Order.id.in_(of_email))
    return Order.select().where(Order.number == (as_number(search) or ""))


def _ends(orders: Sequence[Order], *, has_older: bool, has_newer: bool) -> tuple[int | None, int | None]:
    if not orders:
        return None, None
    return (orders[-1].id if has_older else None), (orders[0].id if has_newer else None)


def _rows(orders: Sequence[Order]) -> list[OrderRow]:
    ids = [order.id for order in orders]
    names, counts = _names(ids), _item_counts(ids)
    payments, refunds = _by_order(Payment, ids), _by_order(Refund, ids)
    alarming = _alarming(ids, refunds)
    return [
        OrderRow(
            order=order,
            name=names.get(order.id, str(REMOVED)),
            item_count=counts.get(order.id, 0),
            money=money_pill(order, payments[order.id], refunds[order.id]),
            step=step_pill(order),
            needs_a_look=order.id in alarming,
        )
        for order in orders
    ]


def _names(ids: Sequence[int]) -> dict[int, str]:
    columns = (OrderContact.order, OrderContact.subject, OrderContact.delivery_name, OrderContact.billing_name)
    contacts = list(OrderContact.select(*columns).where(OrderContact.order.in_(ids)))
    preload(contact.subject for contact in contacts)
    return {contact.order_id: contact.delivery_name or contact.billing_name or "" for contact in contacts}


def _item_counts(ids: Sequence[int]) -> dict[int, int]:
    counted = OrderLine.select(OrderLine.order, fn.SUM(OrderLine.quantity)).where(OrderLine.order.in_(ids))
    rows: Iterable[Any] = counted.group_by(OrderLine.order).tuples()
    return {order_id: int(count) for order_id, count in rows}


def _by_order(model: Any, ids: Iterable[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in model.select().where(model.order.in_(list(ids))).order_by(model.id):
        found[row.order_id].append(row)
    return found


def _alarming(ids: Sequence[int], refunds: Mapping[int, Sequence[Refund]]) -> set[int]:
    columns = (OrderEvent.order, OrderEvent.kind, OrderEvent.details)
    alarms = list(OrderEvent.select(*columns).where(OrderEvent.order.in_(ids), OrderEvent.kind.in_(ALARMS)))
    all_refunds = [refund for each in refunds.values() for refund in each]
    return {event.order_id for event in open_alarms(alarms, all_refunds)}
