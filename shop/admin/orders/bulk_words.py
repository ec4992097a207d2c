"""What became of a step for several orders, in words; and their figures as rows of a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ... import clock
from ...money import as_decimal
from ...orders.desk.models import BulkAction, BulkItem, BulkStep, Outcome
from ...orders.desk.rows import OrderRow
from ...orders.models import Order

DONE = {
    BulkStep.PACK: "packed",
    BulkStep.SEND: "sent",
    BulkStep.DONE: "done",
    BulkStep.CANCEL: "cancelled",
    BulkStep.RESEND: "mailed again",
    BulkStep.SEEN: "seen to",
}
STANDING = (Outcome.DONE, Outcome.WAITING)
ALREADY = {
    BulkStep.PACK: "It was packed already.",
    BulkStep.SEND: "It was sent already.",
    BulkStep.DONE: "It was done already.",
    BulkStep.CANCEL: "It was cancelled already.",
    BulkStep.RESEND: "Its mail waits to be sent already.",
    BulkStep.SEEN: "Nothing needed a look.",
}
COLUMNS = (
    *("Order", "Placed (UTC)", "State", "Payment", "Deliver on", "Delivery", "Country", "Region", "Items", "Currency"),
    *("Goods", "Discount", "Delivery price", "Tax", "Total", "Refunded", "Discount code"),
)


@dataclass(frozen=True)
class Line:
    number: str
    words: str
    is_well: bool


@dataclass(frozen=True)
class Result:
    """`title` sums it up; `lines` say for each order what was done, or why not. `seconds` are left to take it back."""

    token: str
    title: str
    lines: Sequence[Line]
    seconds: int
    is_undone: bool


def result_of(action: BulkAction) -> Result:
    items = BulkItem.select(BulkItem, Order.number).join(Order).where(BulkItem.action == action).order_by(BulkItem.id)
    lines, step = [], BulkStep(action.step)
    counts = dict.fromkeys(Outcome, 0)
    for item in items:
        counts[Outcome(item.outcome)] += 1
        lines.append(_line(item, step))
    left = (action.undo_until - clock.now()).total_seconds()
    may_undo = left > 0 and any(counts[outcome] for outcome in STANDING)
    return Result(
        token=action.token,
        title=_title(counts, step),
        lines=sorted(lines, key=lambda line: line.is_well),
        seconds=max(1, int(left)) if may_undo else 0,
        is_undone=bool(counts[Outcome.UNDONE]),
    )


def _line(item: BulkItem, step: BulkStep) -> Line:
    match Outcome(item.outcome):
        case Outcome.DONE:
            return Line(item.order.number, f"{DONE[step].capitalize()}.", True)
        case Outcome.WAITING:
            return Line(item.order.number, "Cancelled as soon as nobody can take it back any more.", True)
        case Outcome.ALREADY:
            return Line(item.order.number, ALREADY[step], False)
        case Outcome.UNDONE:
            return Line(item.order.number, "Taken back.", True)
        case Outcome.KEPT:
            return Line(item.order.number, f"It stays {DONE[step]}. {item.reason}", False)
        case _:
            return Line(item.order.number, item.reason, False)


def _title(counts: dict[Outcome, int], step: BulkStep) -> str:
    """ "3 orders packed, 1 not"."""
    stands = counts[Outcome.DONE] + counts[Outcome.KEPT]
    waiting = counts[Outcome.WAITING]
    left = counts[Outcome.ALREADY] + counts[Outcome.REFUSED]
    parts = [f"{counts[Outcome.UNDONE]} taken back"] if counts[Outcome.UNDONE] else []
    if waiting:
        parts.append(f"{waiting} {'order is' if waiting == 1 else 'orders are'} being cancelled")
    if stands or not parts:
        parts.append(f"{stands} {'order' if stands == 1 else 'orders'} {DONE[step]}")
    if left:
        parts.append(f"{left} not")
    return ", ".join(parts)


def csv_rows(rows: Sequence[OrderRow]) -> Iterator[Sequence[str]]:
    """Under COLUMNS. Nothing in it says who ordered."""
    for row in rows:
        order = row.order
        cents = (
            *(order.subtotal_cents, order.discount_cents, order.delivery_cents),
            *(order.tax_cents, order.total_cents, order.refunded_cents),
        )
        yield (
            *(order.number, f"{order.created_at:%Y-%m-%d %H:%M}", row.step.words, row.money.words),
            *(str(order.deliver_on or ""), order.delivery_name, order.tax_country, order.tax_region),
            *(str(row.item_count), order.currency),
            *(str(as_decimal(each, order.currency)) for each in cents),
            order.discount_code,
        )
