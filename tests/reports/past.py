"""Random histories of orders, and beside them what they come to: kept by hand, in another way than the reports do."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from shop.config import settings
from shop.db import db
from shop.orders.models import (
    EditState,
    EditWay,
    Order,
    OrderEdit,
    OrderLine,
    OrderState,
    Payment,
    PaymentState,
    Refund,
    RefundState,
)
from shop.orders.refundable import split
from shop.orders.services.placing import figures_of
from shop.orders.services.refunds import sources_of
from shop.pricing.models import DiscountKind
from shop.pricing.quote import Quote
from shop.pricing.sums import MILLION, Reduction, Tax

from ..support.histories import FOOD, PARCEL, STANDARD, gave_back, goods, quote_of, sold, write_lines

# Clocks go back in Los Angeles on the first of November: that day has 25 hours.
BEGIN, HOURS = datetime(2026, 10, 28, 0, 30, tzinfo=UTC), 9 * 24
TAXES = (STANDARD, FOOD, Tax())
NAMES = ("Alder Tote", "Curly Kale", "Fern Sling", "Clay Pouch")
TABLES = (
    "refund", "payment", "order_edit", "order_line", "order", "report_mark", "report_part", "report_day", "report_key",
    "report_zone",
)  # fmt: skip


@dataclass
class Ledger:
    """What was sold and what went back, by the day, and the orders."""

    sold: Counter[date] = field(default_factory=Counter)
    back: Counter[date] = field(default_factory=Counter)
    orders: list[Order] = field(default_factory=list)


def empty() -> None:
    for table in TABLES:
        db.execute_sql(f'DELETE FROM "{table}"')


def day_of(moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(settings().time_zone)).date()


def random_history(random: Random, size: int) -> Ledger:
    ledger = Ledger()
    for _ in range(size):
        at = BEGIN + timedelta(seconds=random.randrange(HOURS * 3600))
        quote = random_quote(random)
        order = sold(quote, at=at)
        ledger.orders.append(order)
        ledger.sold[day_of(at)] += quote.total_cents
        while random.random() < 0.3:
            at = later(random, at)
            ledger.sold[day_of(at)] += change(random, Order.get_by_id(order.id), at)
        order = Order.get_by_id(order.id)
        for moment, cents in fate(random, order):
            ledger.back[day_of(moment)] += cents
    return ledger


def random_quote(random: Random) -> Quote:
    lines = [
        goods(random.randrange(0, 9999), random.randrange(1, 4), name=name, tax=random.choice(TAXES))
        for name in random.sample(NAMES, random.randrange(1, 4))
    ]
    off = random.choice(
        (
            None,
            Reduction(code="TEN", name="10 % off", kind=DiscountKind.PERCENT, value=MILLION // 10),
            Reduction(code="FIVE", name="5 off", kind=DiscountKind.AMOUNT, value=500),
            Reduction(code="FREE", name="Free delivery", kind=DiscountKind.FREE_DELIVERY, value=0),
        )
    )
    return quote_of(
        *lines,
        off=off,
        delivery=random.choice((None, PARCEL)),
        inclusive=random.random() < 0.5,
        region=random.choice(("CA", "OR", "")),
    )


def change(random: Random, order: Order, at: datetime) -> int:
    """Other goods, carried out at that moment: how much more the order comes to."""
    edit = changed(order, random_quote(random), at)
    more: int = edit.difference_cents
    if more > 0:
        card = {"ref": secrets.token_hex(6), "state": PaymentState.SETTLED}
        Payment.create(order=order.id, edit=edit.id, amount_cents=more, decided_at=at, **card)
    elif more < 0:
        going_back(random, order, edit, -more)
    return more


def changed(order: Order, after: Quote, at: datetime) -> OrderEdit:
    """What was ordered is this from then on, whatever becomes of the difference."""
    more = after.total_cents - order.total_cents
    edit: OrderEdit = OrderEdit.create(
        order=order.id, state=EditState.APPLIED, way=EditWay.NOTHING, at_revision=order.revision, digest="", lines="{}",
        before=order.quote, after=after.to_json(), difference_cents=more, staff_id=1, decided_at=at,
    )  # fmt: skip
    Order.update(revision=Order.revision + 1, **figures_of(after)).where(Order.id == order.id).execute()
    OrderLine.delete().where(OrderLine.order == order.id).execute()
    write_lines(order, after)
    return edit


def going_back(random: Random, order: Order, edit: OrderEdit, cents: int) -> None:
    """Out of whichever payments hold it: it has gone, or has not yet, or not at first."""
    state = random.choice((RefundState.DONE, RefundState.REQUESTED, RefundState.FAILED))
    for payment, part in split(cents, sources_of(order)):
        refund = Refund.create(
            order=order.id, payment=payment.id, edit=edit.id, ref=secrets.token_hex(6), amount_cents=part, state=state,
            decided_at=edit.decided_at,
        )  # fmt: skip
        if state == RefundState.FAILED:
            again = {"ref": secrets.token_hex(6), "state": RefundState.SENT}
            Refund.update(state=RefundState.TRIED_AGAIN).where(Refund.id == refund.id).execute()
            Refund.create(order=order.id, payment=payment.id, edit=edit.id, amount_cents=part, **again)


def fate(random: Random, order: Order) -> Iterator[tuple[datetime, int]]:
    """What becomes of an order; each move of money back with its moment."""
    if not order.total_cents or random.random() < 0.4:
        return
    at = later(random, order.placed_at)
    # What was changed is paid by several payments, and some of it may have gone back: it is not let go any more.
    early = () if order.revision else ("void", "cancelled early")
    kind = random.choice((*early, "in parts", "cancelled late"))
    if kind == "void":
        gave_back(order, order.total_cents, at=at, state=RefundState.VOIDED)
        Payment.update(state=PaymentState.VOIDED).where(Payment.order == order).execute()
        yield at, order.total_cents
    elif kind == "cancelled early":
        cancel(order, at)
        Payment.update(state=PaymentState.VOIDED).where(Payment.order == order).execute()
        yield at, order.total_cents
    else:
        yield from in_parts(random, order, at, whole=kind == "cancelled late")


def in_parts(random: Random, order: Order, at: datetime, *, whole: bool) -> Iterator[tuple[datetime, int]]:
    left = order.total_cents
    for _ in range(random.randrange(1, 4)):
        cents = random.randrange(1, left + 1)
        state = random.choice((RefundState.DONE, RefundState.DONE, RefundState.FAILED, RefundState.TRIED_AGAIN))
        gave_back(order, cents, at=at, state=state)
        if state == RefundState.DONE:
            yield at, cents
        if state in (RefundState.DONE, RefundState.FAILED):
            left -= cents
        at = later(random, at)
        if not left:
            break
    if whole:
        cancel(order, at)
        if left:
            yield from the_rest(random, order, at, left)


def the_rest(random: Random, order: Order, at: datetime, left: int) -> Iterator[tuple[datetime, int]]:
    """Promised with the cancelling; it went back later, or has not yet."""
    if random.random() < 0.5:
        gave_back(order, left, at=at + timedelta(hours=5))
        yield at + timedelta(hours=5), left
    else:
        gave_back(order, left, at=None, state=random.choice((RefundState.SENT, RefundState.REQUESTED)))


def later(random: Random, moment: datetime) -> datetime:
    return moment + timedelta(minutes=random.randrange(1, 3000))


def cancel(order: Order, at: datetime) -> None:
    Order.update(state=OrderState.CANCELLED, cancelled_at=at).where(Order.id == order.id).execute()


def held_by_the_payments() -> int:
    """What the payments' own books say the shop holds."""
    live = (PaymentState.AUTHORIZED, PaymentState.SETTLING, PaymentState.SETTLED)
    taken = sum(payment.amount_cents for payment in Payment.select().where(Payment.state.in_(live)))
    owed = Refund.select().where(
        Refund.edit.is_null(False), Refund.state.in_([RefundState.REQUESTED, RefundState.SENT])
    )
    return int(taken - sum(refund.amount_cents for refund in (*done_refunds(), *owed)))


def done_refunds() -> list[Refund]:
    return list(Refund.select().where(Refund.state == RefundState.DONE))
