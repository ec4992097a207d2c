"""The orders that figures come from, with the rows that belong to them: as many queries for one as for many."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from peewee import Expression

from ..orders.models import EditState, Order, OrderEdit, OrderLine, Payment, Refund, RefundState
from ..orders.pieces.models import RefundLine
from .backs import RefundRow
from .calendar import Stretch
from .changes import EditRow

ORDER_COLUMNS = (
    Order.id, Order.number, Order.currency, Order.quote, Order.placed_at, Order.cancelled_at, Order.subtotal_cents,
    Order.discount_cents, Order.delivery_cents, Order.tax_cents, Order.total_cents, Order.discount_code,
    Order.delivery_code, Order.delivery_name, Order.tax_country, Order.tax_region,
)  # fmt: skip
LINE_COLUMNS = (
    OrderLine.id, OrderLine.order_id, OrderLine.name, OrderLine.options, OrderLine.sku, OrderLine.quantity,
    OrderLine.subtotal_cents, OrderLine.discount_cents, OrderLine.tax_cents, OrderLine.total_cents,
)  # fmt: skip
REFUND_COLUMNS = (
    Refund.id, Refund.order_id, Refund.payment_id, Refund.state, Refund.amount_cents, Refund.reason, Refund.decided_at,
    Payment.amount_cents, Refund.edit_id,
)  # fmt: skip


@dataclass(frozen=True)
class Bought:
    """A placed order as it stands in its row, and what belongs to it. `payments` are state and amount of each."""

    order: Any
    lines: Sequence[Any]
    refunds: Sequence[RefundRow]
    payments: Sequence[tuple[str, int]]
    edits: Sequence[EditRow] = ()


def placed_or_touched(within: Sequence[Stretch]) -> Any:
    """Selects the ids of the orders placed then, of those of which something went back then, and of those that were
    changed then."""
    placed = Order.select(Order.id).where(in_any(Order.placed_at, within))
    cancelled = Order.select(Order.id).where(in_any(Order.cancelled_at, within))
    refunded = Refund.select(Refund.order_id).where(
        Refund.state.in_([RefundState.DONE, RefundState.VOIDED]), in_any(Refund.decided_at, within)
    )
    edited = OrderEdit.select(OrderEdit.order_id).where(
        OrderEdit.state == EditState.APPLIED, in_any(OrderEdit.decided_at, within)
    )
    return placed | cancelled | refunded | edited


def in_any(column: Any, within: Sequence[Stretch]) -> Expression:
    found: Expression = reduce(or_, [(column >= begin) & (column < end) for begin, end in within])
    return found


def bought(ids: Any) -> Iterator[Bought]:
    """Of the placed ones among these orders: a list of ids, or a query for them."""
    is_placed = Order.placed_at.is_null(False)
    orders: Iterable[Any] = Order.select(*ORDER_COLUMNS).where(Order.id.in_(ids), is_placed).namedtuples()
    lines, payments = defaultdict[int, list[Any]](list), defaultdict[int, list[tuple[str, int]]](list)
    found: Iterable[Any] = OrderLine.select(*LINE_COLUMNS).where(OrderLine.order.in_(ids)).namedtuples().iterator()
    for line in found:
        lines[line.order].append(line)
    for order_id, state, cents in _payments(ids):
        payments[order_id].append((state, cents))
    refunds, edits = _refunds(ids), _edits(ids)
    for order in orders:
        yield Bought(order, lines[order.id], refunds.get(order.id, []), payments[order.id], edits.get(order.id, ()))


def _edits(ids: Any) -> dict[int, list[EditRow]]:
    """The changes that were carried out, in their order."""
    columns = (OrderEdit.order_id, OrderEdit.decided_at, OrderEdit.before, OrderEdit.after)
    is_done = OrderEdit.order.in_(ids) & (OrderEdit.state == EditState.APPLIED)
    rows: Iterable[Any] = (
        OrderEdit.select(*columns).where(is_done).order_by(OrderEdit.decided_at, OrderEdit.id).tuples()
    )
    found: dict[int, list[EditRow]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(EditRow(*row))
    return found


def _payments(ids: Any) -> Iterable[tuple[int, str, int]]:
    columns = (Payment.order_id, Payment.state, Payment.amount_cents)
    rows: Iterable[Any] = Payment.select(*columns).where(Payment.order.in_(ids)).tuples().iterator()
    return rows


def _refunds(ids: Any) -> dict[int, list[RefundRow]]:
    """All refunds of all these orders, whenever they were."""
    rows: Iterable[Any] = (
        Refund.select(*REFUND_COLUMNS).join(Payment).where(Refund.order.in_(ids)).order_by(Refund.id).tuples()
    )
    columns = (RefundLine.refund_id, RefundLine.line_id, RefundLine.quantity)
    of_lines: Iterable[Any] = RefundLine.select(*columns).where(RefundLine.order.in_(ids)).tuples()
    pieces = defaultdict[int, Counter[int]](Counter)
    for refund_id, line_id, quantity in of_lines:
        pieces[refund_id][line_id] += quantity
    found: dict[int, list[RefundRow]] = defaultdict(list)
    for row in rows:
        found[row[1]].append(RefundRow(*(*row[:-1], pieces[row[0]], row[-1])))
    return found
