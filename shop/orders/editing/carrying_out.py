"""A change becomes the order: lines, figures and stock, and what goes back. In the caller's transaction."""

from __future__ import annotations

import json
from collections import Counter

from ... import clock, jobs
from ...audit.services import record
from ...pricing.quote import Quote
from ..models import OPEN_EDITS, EditState, EditWay, Order, OrderEdit, OrderLine, OrderState, Payment
from ..pieces.queries import pieces_of
from ..services import mails
from ..services.placing import figures_of, figures_of_line, write_line
from ..services.refunds import request_refunds
from ..services.timeline import CUSTOMER, audited, note
from .holding import move_stock
from .planning import floor_of
from .queries import lines_after, steps_of
from .steps import Step, in_words

EDITABLE = (OrderState.PLACED, OrderState.PACKED)
BECAUSE = "order-changed"


class NoLongerMeant(Exception):
    """The order has gone on since the change was made for it: nothing of it may be carried out."""


def actor_of(edit: OrderEdit) -> str:
    """Who has a change carried out: the customer who was asked, or else whoever made it."""
    return CUSTOMER if edit.way == EditWay.ASK else f"staff:{edit.staff_id}"


def carry_out(edit: OrderEdit, *, paid: Payment | None = None) -> None:
    """Raises NoLongerMeant; then the caller's transaction must come to nothing."""
    order, after, steps = Order.get_by_id(edit.order_id), Quote.from_json(edit.after), steps_of(edit)
    # The shelf before the order, as everywhere.
    move_stock(order, edit, steps, _restocked(edit, steps))
    _end(edit)
    _write_order(order, after)
    if not fits(edit):
        raise NoLongerMeant
    _write_lines(order, edit, after)
    actor = actor_of(edit)
    cents = {"before_cents": order.total_cents, "after_cents": after.total_cents}
    note(order, "changed", actor=actor, edit=edit.id, what=in_words(steps), **cents)
    if edit.difference_cents < 0:
        request_refunds(order, -edit.difference_cents, reason=BECAUSE, actor=actor, edit=edit.id)
        jobs.kick("send refunds")
    if edit.tells_customer:
        mails.announce_change(Order.get_by_id(order.id), edit, steps, paid)
    if paid is not None:
        about = ("order", order.id)
        record("payment-authorised", actor=audited(actor, order), about=about, payment=paid.id, cents=paid.amount_cents)
    difference = edit.difference_cents
    record("order-changed", actor=audited(actor, order), about=("order", order.id), edit=edit.id, cents=difference)


def _restocked(edit: OrderEdit, steps: list[Step]) -> dict[int, int]:
    """How many pieces go back on the shelf, by variant."""
    ticked, before_ids = set(json.loads(edit.restock)), json.loads(edit.lines)["before"]
    found: Counter[int] = Counter()
    for line_id, step in zip(before_ids, steps, strict=False):
        fewer = step.pieces[0] - step.pieces[1]
        if line_id in ticked and fewer > 0 and step.any.variant_id:
            found[step.any.variant_id] += fewer
    return dict(found)


def _end(edit: OrderEdit) -> None:
    is_open = (OrderEdit.id == edit.id) & OrderEdit.state.in_(OPEN_EDITS)
    if not OrderEdit.update(state=EditState.APPLIED, decided_at=clock.now()).where(is_open).execute():
        raise NoLongerMeant


def _write_order(order: Order, after: Quote) -> None:
    """What was packed has to be packed anew. Nobody but an open change alters an order's lines, so they are as they
    were when it was made; what was given back meanwhile is looked at afterwards."""
    is_meant = (Order.id == order.id) & Order.state.in_(EDITABLE) & Order.deactivated_at.is_null()
    has_worth = is_meant & Order.cancel_due_at.is_null() & (Order.refunded_cents <= after.total_cents)
    changes = {"revision": Order.revision + 1, "state": OrderState.PLACED, "packed_at": None, **figures_of(after)}
    if not Order.update(changes).where(has_worth).execute():
        raise NoLongerMeant


def fits(edit: OrderEdit) -> bool:
    """Whether the order still allows it: nothing that would go from it was given back meanwhile."""
    order, after = Order.get_by_id(edit.order_id), Quote.from_json(edit.after)
    wanted = {line_id: line.quantity for line_id, line in zip(lines_after(edit), after.lines, strict=True)}
    has_pieces = all(wanted.get(each.line.id, 0) >= floor_of(each) for each in pieces_of(order))
    return bool(has_pieces and order.refunded_cents <= after.total_cents)


def _write_lines(order: Order, edit: OrderEdit, after: Quote) -> None:
    ids = lines_after(edit)
    kept = [line_id for line_id in ids if line_id is not None]
    OrderLine.delete().where(OrderLine.order == order.id, OrderLine.id.not_in(kept)).execute()
    for position, (line_id, line) in enumerate(zip(ids, after.lines, strict=True)):
        if line_id is None:
            write_line(order, line, position)
        else:
            OrderLine.update(figures_of_line(line, position)).where(OrderLine.id == line_id).execute()
