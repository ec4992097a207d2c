"""What an order adds to which figure of which day: the one place where figures come from."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from peewee import fn

from ..days import day_of
from ..orders.models import TAKEN_PAYMENTS, PaymentState, RefundState
from .backs import NO_MONEY_BACK, Back, backs_of, shares_of
from .calendar import Stretch, stretches
from .changes import difference, first_sold, gained
from .models import ReportVisit
from .reading import Bought, bought, in_any, placed_or_touched
from .sums import Held, Key, Kind, Part, Sums

CART, CHECKOUT = "cart", "checkout"
AUTHORIZED = (PaymentState.AUTHORIZED,)
SETTLED = (RefundState.DONE, *NO_MONEY_BACK)
Cells = dict[tuple[date, Key], Sums]


class Entry(NamedTuple):
    """A part of a figure of a day, and the order it is of: 0 where there is none behind it."""

    day: date
    part: Part
    order_id: int = 0
    is_back: bool = False


def book(days: Collection[date]) -> list[Entry]:
    """Everything these days' figures are made of. The number of queries is the same whatever the days hold."""
    within = stretches(days)
    if not within:
        return []
    wanted = set(days)
    entries = [entry for each in bought(placed_or_touched(within)) for entry in entries_of(each)]
    return [entry for entry in (*entries, *_visits(within)) if entry.day in wanted and not entry.part.sums.is_nothing]


def summed(entries: Iterable[Entry]) -> Cells:
    cells: Cells = defaultdict(Sums)
    for entry in entries:
        cells[entry.day, entry.part.key].add(entry.part.sums)
    return cells


def entries_of(each: Bought) -> Iterator[Entry]:
    """Everything that one order adds to figures, whenever that was."""
    order = each.order
    placed_on = day_of(order.placed_at)
    for part in sale_of(*first_sold(order, each.lines, each.edits)):
        yield Entry(placed_on, part, order.id)
    yield from _changes_of(each, placed_on)
    backs = backs_of(order, each.refunds, each.lines)
    for back in backs:
        for part in back_of(order, back):
            yield Entry(day_of(back.at), part, order.id, is_back=True)
    for part in held_of(each, sum(back.cents for back in backs)):
        yield Entry(placed_on, part, order.id)


def _changes_of(each: Bought, placed_on: date) -> Iterator[Entry]:
    for edit in each.edits:
        changed_on, sums = day_of(edit.decided_at), Sums(orders=1, total_cents=gained(edit))
        for part in difference(edit, sale_of):
            yield Entry(changed_on, part, each.order.id)
        if sums.total_cents:
            for day, name in ((placed_on, Held.CHANGED), (changed_on, Held.CHANGES)):
                yield Entry(day, Part(Key(each.order.currency, Kind.HELD, name), sums), each.order.id)


def sale_of(order: Any, lines: Iterable[Any]) -> Iterator[Part]:
    """What one order adds to each figure of the day it was placed on."""
    lines = list(lines)
    pieces = sum(line.quantity for line in lines)
    whole = {
        "orders": 1, "pieces": pieces, "goods_cents": order.subtotal_cents, "discount_cents": order.discount_cents,
        "delivery_cents": order.delivery_cents, "tax_cents": order.tax_cents, "total_cents": order.total_cents,
    }  # fmt: skip
    yield Part(Key(order.currency, Kind.SALES), Sums(**whole))
    yield Part(_delivery_key(order), Sums(**whole), order.delivery_name)
    if order.discount_code:
        saved = {"discount_cents": order.discount_cents, "delivery_cents": delivery_saved(order)}
        yield from _of_code(order, Sums(**{**whole, **saved}))
    for share in shares_of(order):
        base = share.cents - share.tax_cents
        sums = Sums(orders=1, goods_cents=base, tax_cents=share.tax_cents, total_cents=share.cents)
        yield Part(_tax_key(order, share), sums)
    seen: set[str] = set()
    for line in lines:
        yield from _of_goods(order, line, _sold_of(line, orders=int(line.sku not in seen)))
        seen.add(line.sku)


def _sold_of(line: Any, *, orders: int) -> Sums:
    """An order with two lines of the same goods is one order with them."""
    return Sums(
        orders=orders,
        pieces=line.quantity,
        goods_cents=line.subtotal_cents,
        discount_cents=line.discount_cents,
        tax_cents=line.tax_cents,
        total_cents=line.total_cents,
    )


def delivery_saved(order: Any) -> int:
    """What a code took off the delivery's price."""
    delivery = json.loads(order.quote).get("delivery") or {}
    return int(delivery.get("discount_cents", 0))


def back_of(order: Any, back: Back) -> Iterator[Part]:
    """What went back adds to each figure of its day."""
    counted = int(back.cents > 0)
    whole = {
        "back_count": counted, "back_cents": back.cents, "back_tax_cents": back.tax_cents, "back_pieces": back.pieces,
    }  # fmt: skip
    yield Part(Key(order.currency, Kind.SALES), Sums(**whole))
    yield Part(_delivery_key(order), Sums(**whole), order.delivery_name)
    if order.discount_code:
        yield from _of_code(order, Sums(**whole))
    if counted:
        yield Part(Key(order.currency, Kind.BACK, back.reason), Sums(**whole))
    for share in back.shares:
        sums = Sums(back_count=counted, back_cents=share.cents, back_tax_cents=share.tax_cents)
        yield Part(_tax_key(order, share), sums)
    for gone in back.goods:
        yield from _of_goods(order, gone.line, Sums(back_count=1, back_pieces=gone.pieces, back_cents=gone.cents))


def held_of(each: Bought, gone_cents: int) -> Iterator[Part]:
    """What the payments of an order say the shop holds, and whether that is what is left of it; `gone_cents` of it went
    back, whenever that was."""
    order = each.order
    taken = sum(cents for state, cents in each.payments if state in TAKEN_PAYMENTS)
    authorized = sum(cents for state, cents in each.payments if state in AUTHORIZED)
    refunded = sum(row.amount_cents for row in each.refunds if row.state == RefundState.DONE)
    of_edits = [row for row in each.refunds if row.edit_id is not None and row.state not in SETTLED]
    owed = sum(row.amount_cents for row in of_edits)
    for name, cents in (
        (Held.TAKEN, taken), (Held.AUTHORIZED, authorized), (Held.REFUNDED, refunded), (Held.GONE, gone_cents),
        (Held.OWED, owed),
    ):  # fmt: skip
        if cents:
            yield Part(Key(order.currency, Kind.HELD, name), Sums(orders=1, total_cents=cents))
    left, held = order.total_cents - gone_cents, taken + authorized - refunded - owed
    if left != held:
        yield Part(Key(order.currency, Kind.HELD, Held.APART), Sums(orders=1, total_cents=left, back_cents=held))


def _of_code(order: Any, sums: Sums) -> Iterator[Part]:
    yield Part(Key(order.currency, Kind.DISCOUNT, order.discount_code), sums)
    yield Part(Key(order.currency, Kind.ANY_CODE), sums)


def _of_goods(order: Any, line: Any, sums: Sums) -> Iterator[Part]:
    words = f"{line.name}, {line.options}" if line.options else line.name
    yield Part(Key(order.currency, Kind.GOODS, line.sku), sums, words)
    yield Part(Key(order.currency, Kind.ALL_GOODS), sums)


def _delivery_key(order: Any) -> Key:
    return Key(order.currency, Kind.DELIVERY, order.delivery_code)


def _tax_key(order: Any, share: Any) -> Key:
    place = "-".join(part for part in (order.tax_country, order.tax_region) if part)
    return Key(order.currency, Kind.TAX, share.name, place, share.rate_ppm)


def _visits(within: list[Stretch]) -> Iterator[Entry]:
    rows: Iterable[Any] = (
        ReportVisit.select(ReportVisit.kind, ReportVisit.at, fn.SUM(ReportVisit.quantity))
        .where(in_any(ReportVisit.at, within))
        .group_by(ReportVisit.kind, ReportVisit.at)
        .tuples()
    )
    for kind, at, quantity in rows:
        yield Entry(day_of(at), Part(Key("", Kind.VISITS, kind), Sums(orders=int(quantity))))
