"""What of an order went back, when, and which share of its tax, and which of its goods, were in it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from ..orders.models import RefundState
from ..pricing.sums import half_up, spread

# A refund in one of these has moved no money, or is none any more: another stands in its place.
NO_MONEY_BACK = (RefundState.VOIDED, RefundState.TRIED_AGAIN)
RELEASED, CANCELLED = "not taken", "cancelled"


class Share(NamedTuple):
    """One rate's part of an order: `cents` with the tax, which is part of it. No name is what no tax is on."""

    name: str
    rate_ppm: int
    cents: int
    tax_cents: int


class Gone(NamedTuple):
    """Pieces of a line that went back, and what they were sold for: less discounts, without what is added for tax."""

    line: Any
    pieces: int
    cents: int


class Back(NamedTuple):
    """Money that went back, or goods, or both: cancelling brings all goods back that are not yet, and no money if that
    goes as refunds. `shares` are the money's parts, in the order of the order's own."""

    at: datetime
    cents: int
    reason: str
    shares: Sequence[Share]
    goods: Sequence[Gone]

    @property
    def tax_cents(self) -> int:
        return sum(share.tax_cents for share in self.shares)

    @property
    def pieces(self) -> int:
        return sum(gone.pieces for gone in self.goods)


class RefundRow(NamedTuple):
    """A refund as it is needed here, with its payment's amount and the pieces it is for, by line. One with an `edit_id`
    is what its order costs less since it was changed."""

    id: int
    order_id: int
    payment_id: int
    state: str
    amount_cents: int
    reason: str
    decided_at: datetime | None
    paid_cents: int
    pieces: Counter[int]
    edit_id: int | None = None


class _Move(NamedTuple):
    """`pieces` by line; None is all there are."""

    at: datetime
    cents: int
    reason: str
    pieces: Counter[int] | None


def shares_of(order: Any) -> list[Share]:
    """The order's total by rate, from its quote; what the quote does not name is the last share, so that they sum."""
    named = [
        Share(each["name"], each["rate_ppm"], each["base_cents"] + each["tax_cents"], each["tax_cents"])
        for each in json.loads(order.quote).get("taxes", ())
    ]
    rest = order.total_cents - sum(share.cents for share in named)
    rest_tax = order.tax_cents - sum(share.tax_cents for share in named)
    return [*named, Share("", 0, rest, rest_tax)] if rest or rest_tax or not named else named


def backs_of(order: Any, refunds: Sequence[RefundRow], lines: Iterable[Any]) -> list[Back]:
    """In the order in which they went."""
    moves = _moves(order, refunds)
    if not moves:
        return []
    shares, found, so_far = shares_of(order), [], 0
    lines, gone_so_far = list(lines), Counter[int]()
    for move in moves:
        before = _parts(shares, order.total_cents, so_far)
        after = _parts(shares, order.total_cents, so_far + move.cents)
        so_far += move.cents
        money = [
            Share(share.name, share.rate_ppm, now[0] - then[0], now[1] - then[1])
            for share, then, now in zip(shares, before, after, strict=True)
        ]
        found.append(Back(move.at, move.cents, move.reason, money, _goods(move, lines, gone_so_far)))
    return found


def _moves(order: Any, all_refunds: Sequence[RefundRow]) -> list[_Move]:
    refunds = _of_the_order(all_refunds)
    found = [
        _Move(row.decided_at, row.amount_cents, row.reason, row.pieces)
        for row in refunds
        if row.state == RefundState.DONE and row.decided_at is not None
    ]
    let_go = _let_go(refunds)
    found += let_go
    if order.cancelled_at is not None:
        promised = sum(row.amount_cents for row in refunds if row.state not in NO_MONEY_BACK)
        left = order.total_cents - promised - sum(move.cents for move in let_go)
        found.append(_Move(order.cancelled_at, max(left, 0), CANCELLED, None))
    return sorted(found, key=lambda move: move.at)


def _of_the_order(refunds: Sequence[RefundRow]) -> list[RefundRow]:
    """Without those of changes: the order costs less since then, and its payments paid for less of it."""
    of_edits: Counter[int] = Counter()
    for row in refunds:
        if row.edit_id is not None and row.state != RefundState.TRIED_AGAIN:
            of_edits[row.payment_id] += row.amount_cents
    return [
        row._replace(paid_cents=row.paid_cents - of_edits[row.payment_id]) for row in refunds if row.edit_id is None
    ]


def _let_go(refunds: Sequence[RefundRow]) -> list[_Move]:
    """A payment is let go once and whole, however many refunds of it were asked for."""
    found: dict[int, _Move] = {}
    for row in refunds:
        if row.state == RefundState.VOIDED and row.decided_at is not None:
            known = found.get(row.payment_id) or _Move(row.decided_at, 0, RELEASED, Counter())
            pieces = (known.pieces or Counter()) + row.pieces
            found[row.payment_id] = _Move(min(known.at, row.decided_at), row.paid_cents, RELEASED, pieces)
    return list(found.values())


def _parts(shares: Sequence[Share], total: int, cents: int) -> list[tuple[int, int]]:
    """Each share's part of `cents` out of the order's total, and the tax in it. More than the total is untaxed."""
    within = min(cents, total)
    parts = spread(within, [max(share.cents, 0) for share in shares])
    taxes = [half_up(share.tax_cents * within, total) if total and share.tax_cents > 0 else 0 for share in shares]
    return [
        (part + (cents - within if position == 0 else 0), tax)
        for position, (part, tax) in enumerate(zip(parts, taxes, strict=True))
    ]


def _goods(move: _Move, lines: Iterable[Any], so_far: Counter[int]) -> list[Gone]:
    """No piece goes back twice. What went back `so_far` is counted on."""
    found = []
    for line in lines:
        left = line.quantity - so_far[line.id]
        pieces = left if move.pieces is None else min(left, move.pieces[line.id])
        if pieces:
            before = _worth(line, so_far[line.id])
            so_far[line.id] += pieces
            found.append(Gone(line, pieces, _worth(line, so_far[line.id]) - before))
    return found


def _worth(line: Any, pieces: int) -> int:
    return half_up((line.subtotal_cents - line.discount_cents) * pieces, line.quantity)
