"""What of an order went back, when, and which share of its tax was in it."""

from __future__ import annotations

import json
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


class Back(NamedTuple):
    """Money that went back; when an order `is_cancelled`, with all its goods, and of no money if that goes as refunds.

    `shares` are its parts, in the order of the order's own.
    """

    at: datetime
    cents: int
    reason: str
    is_cancelled: bool
    shares: Sequence[Share]

    @property
    def tax_cents(self) -> int:
        return sum(share.tax_cents for share in self.shares)


class RefundRow(NamedTuple):
    """A refund as it is needed here, with its payment's amount."""

    order_id: int
    payment_id: int
    state: str
    amount_cents: int
    reason: str
    decided_at: datetime | None
    paid_cents: int


def shares_of(order: Any) -> list[Share]:
    """The order's total by rate, from its quote; what the quote does not name is the last share, so that they sum."""
    named = [
        Share(each["name"], each["rate_ppm"], each["base_cents"] + each["tax_cents"], each["tax_cents"])
        for each in json.loads(order.quote).get("taxes", ())
    ]
    rest = order.total_cents - sum(share.cents for share in named)
    rest_tax = order.tax_cents - sum(share.tax_cents for share in named)
    return [*named, Share("", 0, rest, rest_tax)] if rest or rest_tax or not named else named


def backs_of(order: Any, refunds: Iterable[RefundRow]) -> list[Back]:
    """In the order in which they went."""
    moves = _moves(order, list(refunds))
    shares, found, so_far = shares_of(order), [], 0
    for at, cents, reason, is_cancelled in moves:
        before = _parts(shares, order.total_cents, so_far)
        after = _parts(shares, order.total_cents, so_far + cents)
        so_far += cents
        gone = [
            Share(share.name, share.rate_ppm, now[0] - then[0], now[1] - then[1])
            for share, then, now in zip(shares, before, after, strict=True)
        ]
        found.append(Back(at, cents, reason, is_cancelled, gone))
    return found


def _moves(order: Any, refunds: Sequence[RefundRow]) -> list[tuple[datetime, int, str, bool]]:
    found = [(row.decided_at, row.amount_cents, row.reason, False) for row in refunds if row.state == RefundState.DONE]
    let_go: dict[int, tuple[datetime, int]] = {}
    for row in refunds:
        if row.state == RefundState.VOIDED and row.decided_at is not None:
            at, _ = let_go.get(row.payment_id, (row.decided_at, 0))
            let_go[row.payment_id] = min(at, row.decided_at), row.paid_cents
    found += [(at, cents, RELEASED, False) for at, cents in let_go.values()]
    if order.cancelled_at is not None:
        promised = sum(row.amount_cents for row in refunds if row.state not in NO_MONEY_BACK)
        left = order.total_cents - promised - sum(cents for _, cents in let_go.values())
        found.append((order.cancelled_at, max(left, 0), CANCELLED, True))
    return sorted(
        [(at, cents, reason, is_cancelled) for at, cents, reason, is_cancelled in found if at is not None],
        key=lambda move: move[0],
    )


def _parts(shares: Sequence[Share], total: int, cents: int) -> list[tuple[int, int]]:
    """Each share's part of `cents` out of the order's total, and the tax in it. More than the total is untaxed."""
    within = min(cents, total)
    parts = spread(within, [max(share.cents, 0) for share in shares])
    taxes = [half_up(share.tax_cents * within, total) if total and share.tax_cents > 0 else 0 for share in shares]
    return [
        (part + (cents - within if position == 0 else 0), tax)
        for position, (part, tax) in enumerate(zip(parts, taxes, strict=True))
    ]
