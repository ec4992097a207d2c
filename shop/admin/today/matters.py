"""What waits for somebody at the desk: how much of it, since when, what to do, and where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from peewee import fn

from ... import clock
from ...catalogue.desk import low_count, stock_rows
from ...days import today
from ...orders.models import Order, OrderEvent, OrderState, Payment, PaymentState, Refund, RefundState
from ...orders.states import ALARMS
from ...outbox.models import Mail
from ...outbox.queries import is_stuck
from ...outbox.troubles import what_happened
from ...paper.queries import paper_counts
from ...privacy.cases.queries import open_cases
from ...privacy.erasing.models import Erasure, ErasureState
from ..roles import PACKING, PRIVACY

SHOWN = 5
TO_SEND = (OrderState.PACKED, OrderState.PARTLY_SENT)
# A bank that has not answered for this long is worth a person's look; before it the worker's asking is enough.
UNKNOWN_FOR = timedelta(minutes=10)
# The law gives a month to answer somebody who asks about their data.
ANSWER_BEFORE = timedelta(days=20)
ERASED_LATE = timedelta(hours=1)


@dataclass(frozen=True)
class Example:
    """One of them: what it is called, more about it, and its own page."""

    words: str
    more: str = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Matter:
    """`count` of something, the oldest `since`; `advice` says what to do. A bad one is not everyday work.

    `one` is what a single one of them is called.
    """

    count: int
    title: str
    one: str = ""
    advice: str
    url: str = ""
    since: datetime | None = None
    is_bad: bool = False
    examples: tuple[Example, ...] = ()

    @property
    def words(self) -> str:
        return (self.count == 1 and self.one) or self.title


def matters_for(role: str) -> list[Matter]:
    """What waits for somebody of this role; nothing that waits for nobody."""
    found: list[Matter] = []
    if role in PACKING:
        found += [*_goods(), *_money(), *_alarms(), *_mails(), *_shelf()]
    if role in (*PACKING, *PRIVACY):
        found += _paper()
    if role in PRIVACY:
        found += [*_cases(), *_erasures()]
    return [matter for matter in found if matter.count]


def _goods() -> Iterator[Matter]:
    counted = Order.select(Order.state, fn.COUNT(Order.id), fn.MIN(Order.placed_at).python_value(_moment))
    # As the list's tab has them: what is promised for a later day is packed on that day.
    is_due = Order.deliver_on.is_null() | (Order.deliver_on <= today())
    is_waiting = Order.state.in_(TO_SEND) | ((Order.state == OrderState.PLACED) & is_due)
    waiting = counted.where(is_waiting).group_by(Order.state)
    rows: Iterable[Any] = waiting.tuples()
    by_state: dict[str, tuple[int, datetime | None]] = {state: (count, since) for state, count, since in rows}
    for states, tab, title, advice in (
        (
            (OrderState.PLACED,),
            "pack",
            "to pack today",
            "Open the oldest first: its page has lines and slip.",
        ),
        (TO_SEND, "send", "to send", "Hand them over, and type the tracking number where there is one."),
    ):
        found = [by_state[state] for state in states if state in by_state]
        count, since = sum(each[0] for each in found), min((each[1] for each in found if each[1]), default=None)
        url = url_for("admin.orders", tab=tab)
        yield Matter(count=count, title=title, advice=advice, url=url, since=since)


def _money() -> Iterator[Matter]:
    unclear = Payment.state.in_([PaymentState.SENDING, PaymentState.UNKNOWN])
    late = unclear & (Payment.created_at < clock.now() - UNKNOWN_FOR)
    yield _of_orders(
        Payment.select(Order.number, Payment.created_at).join(Order).where(late).order_by(Payment.created_at),
        title="payments the bank has not answered for",
        one="payment the bank has not answered for",
        advice="The shop keeps asking and nobody is charged twice. After an hour, look for the order at the gateway.",
    )
    failed = Refund.select(Order.number, Refund.decided_at).join(Order).where(Refund.state == RefundState.FAILED)
    yield _of_orders(
        failed.order_by(Refund.decided_at),
        title="refunds that failed",
        one="refund that failed",
        advice="Press “Try again” on the order's page, or give the money back at the gateway and write a note.",
    )


def _alarms() -> Iterator[Matter]:
    """Until somebody has seen to them. An order with a failed refund stands among the money already."""
    with_failed = Refund.select(Refund.order).where(Refund.state == RefundState.FAILED)
    # As a comparison, which SQLite has an index for.
    waits = Order.needs_look.in_([True]) & Order.id.not_in(with_failed)
    found = OrderEvent.select(Order.number, fn.MAX(OrderEvent.at).python_value(_moment)).join(Order)
    yield _of_orders(
        found.where(waits, OrderEvent.kind.in_(ALARMS)).group_by(Order.number).order_by(fn.MAX(OrderEvent.at)),
        title="orders that need a look",
        one="order that needs a look",
        advice="Something about their money is not as it should be. The timeline on each order's page says what.",
    )


def _of_orders(query: Any, *, title: str, one: str, advice: str) -> Matter:
    rows = list(query.tuples())
    examples = tuple(Example(number, url=url_for("admin.order", number=number)) for number, _ in rows[:SHOWN])
    return Matter(
        count=len(rows),
        title=title,
        one=one,
        advice=advice,
        url=examples[0].url if len(rows) == 1 else "",
        since=rows[0][1] if rows else None,
        is_bad=True,
        examples=examples,
    )


def _mails() -> Iterator[Matter]:
    columns = (Mail.id, Mail.about_kind, Mail.about_id, Mail.state, Mail.error, Mail.created_at, Order.number)
    same_order = (Mail.about_kind == "order") & (Order.id == Mail.about_id)
    found = Mail.select(*columns).left_outer_join(Order, on=same_order, attr="order")
    rows = list(found.where(is_stuck()).order_by(Mail.id))
    yield Matter(
        count=len(rows),
        title="mails that do not get through",
        one="mail that does not get through",
        advice="Each is tried again by itself for a while. If the server is the trouble, look at SMTP_URL; if the "
        "address is, call the customer.",
        since=min((row.created_at for row in rows), default=None),
        is_bad=True,
        examples=tuple(_mail(row) for row in rows[:SHOWN]),
    )


def _mail(mail: Mail) -> Example:
    if mail.about_kind == "checkout_draft":
        url = url_for("admin.taken_order", draft_id=mail.about_id)
        return Example("To ask a customer to pay", what_happened(mail), url)
    number = mail.order.number if hasattr(mail, "order") and mail.order else ""
    url = url_for("admin.order", number=number) if number else ""
    return Example(f"About order {number}" if number else "To a customer", what_happened(mail), url)


def _shelf() -> Iterator[Matter]:
    low = stock_rows().rows[: SHOWN + 1]
    yield Matter(
        count=low_count() if len(low) > SHOWN else len(low),
        title="kinds of goods running low",
        one="kind of goods running low",
        advice="Few are left to sell. Order more, or let shoppers see that they are gone.",
        url=url_for("admin.stock"),
        examples=tuple(
            Example(
                f"{row.product} ({row.sku})",
                "none left" if row.available <= 0 else f"{row.available} left",
                url_for("admin.variant", variant_id=row.id),
            )
            for row in low[:SHOWN]
        ),
    )


def _cases() -> Iterator[Matter]:
    received = [case.received_at for case in open_cases()]
    oldest = min(received, default=None)
    yield Matter(
        count=len(received),
        title="cases to answer",
        one="case to answer",
        advice="The law gives one month from the day it came. An answer by mail closes the clock.",
        url=url_for("admin.cases"),
        since=oldest,
        is_bad=oldest is not None and oldest < clock.now() - ANSWER_BEFORE,
    )


def _erasures() -> Iterator[Matter]:
    is_due = (Erasure.state == ErasureState.REQUESTED) & (Erasure.due_at < clock.now() - ERASED_LATE)
    late = is_due | ((Erasure.state == ErasureState.RUNNING) & (Erasure.due_at < clock.now() - ERASED_LATE))
    due = [erasure.due_at for erasure in Erasure.select(Erasure.id, Erasure.due_at).where(late)]
    yield Matter(
        count=len(due),
        title="removals that are late",
        one="removal that is late",
        advice="Somebody asked to be forgotten and the time to undo it is over. The worker does this by itself: see "
        "below whether it runs.",
        url=url_for("admin.retention"),
        since=min(due, default=None),
        is_bad=True,
    )


def _paper() -> Iterator[Matter]:
    counts = paper_counts()
    yield Matter(
        count=counts.overdue,
        title="papers to destroy",
        advice="They name somebody, and their time is over. Shred them, and sign for it in the register of paper.",
        url=url_for("admin.papers", show="overdue"),
        since=counts.since,
        is_bad=True,
    )


def _moment(value: object) -> datetime | None:
    moment: datetime | None = Order.placed_at.python_value(value)
    return moment
