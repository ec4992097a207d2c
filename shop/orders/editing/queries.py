"""The changes of an order, and what they say."""

from __future__ import annotations

import json

from ...pricing.quote import Quote
from ..models import OPEN_EDITS, Order, OrderEdit
from .steps import Step, steps


def open_edit(order: Order) -> OrderEdit | None:
    """The change that waits for the customer or the bank; there is one at most."""
    found: OrderEdit | None = OrderEdit.get_or_none(OrderEdit.order == order.id, OrderEdit.state.in_(OPEN_EDITS))
    return found


def edit_made_for(order: Order, revision: int, digest: str) -> OrderEdit | None:
    """The change that the form of this revision made, if it showed what this digest is of."""
    found: OrderEdit | None = OrderEdit.get_or_none(OrderEdit.order == order.id, OrderEdit.at_revision == revision)
    return found if found is not None and found.digest == digest else None


def steps_of(edit: OrderEdit) -> list[Step]:
    """Each line before and after it."""
    before, after = Quote.from_json(edit.before), Quote.from_json(edit.after)
    shown = json.loads(edit.lines)
    return steps(before, after, shown["before"], shown["after"])


def lines_after(edit: OrderEdit) -> list[int | None]:
    """The order's lines that those after the change stand for."""
    found: list[int | None] = json.loads(edit.lines)["after"]
    return found
