"""How many pieces of each line were sent, given back, and are still to send."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..models import Order, OrderLine, Refund, RefundState
from .models import RefundLine, ShipmentLine

# Of these no money went back, nor will.
NOTHING_BACK = (RefundState.FAILED, RefundState.TRIED_AGAIN, RefundState.VOIDED)
CAME_TO_NOTHING = (RefundState.FAILED, RefundState.TRIED_AGAIN)


@dataclass(frozen=True)
class Pieces:
    """Of one line. `kept_back` are those given back before they left."""

    line: OrderLine
    sent: int = 0
    given_back: int = 0
    restocked: int = 0
    kept_back: int = 0

    @property
    def what(self) -> str:
        """The line's name with its options."""
        return ", ".join(filter(None, (self.line.name, self.line.options)))

    @property
    def to_send(self) -> int:
        return max(0, self.line.quantity - self.sent - self.kept_back)

    @property
    def to_give_back(self) -> int:
        return max(0, self.line.quantity - self.given_back)

    @property
    def with_customer(self) -> int:
        """Sent, and not given back since."""
        return max(0, self.sent - (self.given_back - self.kept_back))

    def kept_back_of(self, quantity: int, *, were_sent: bool) -> int:
        """How many of these pieces, to be given back, are among those still to send; `were_sent` means others first."""
        return max(0, quantity - self.with_customer) if were_sent else min(quantity, self.to_send)


def pieces_of(order: Order) -> list[Pieces]:
    """Of each line, in the order's own order."""
    lines = list(OrderLine.select().where(OrderLine.order == order.id).order_by(OrderLine.position))
    sent = list(ShipmentLine.select().where(ShipmentLine.order == order.id))
    refunds = list(Refund.select().where(Refund.order == order.id))
    return count_pieces(lines, sent, list(RefundLine.select().where(RefundLine.order == order.id)), refunds)


def count_pieces(
    lines: Sequence[OrderLine],
    shipped: Iterable[ShipmentLine],
    refunded: Iterable[RefundLine],
    refunds: Iterable[Refund],
) -> list[Pieces]:
    """The same from rows that are at hand."""
    states = {refund.id: refund.state for refund in refunds}
    sent, given_back, restocked, kept_back = Counter[int](), Counter[int](), Counter[int](), Counter[int]()
    for parcel_line in shipped:
        sent[parcel_line.line_id] += parcel_line.quantity
    for row in refunded:
        is_dead = states[row.refund_id] in CAME_TO_NOTHING
        given_back[row.line_id] += 0 if is_dead else row.quantity
        restocked[row.line_id] += row.restocked
        kept_back[row.line_id] += min(row.kept_back, row.restocked) if is_dead else row.kept_back
    return [Pieces(line, sent[line.id], given_back[line.id], restocked[line.id], kept_back[line.id]) for line in lines]
