"""What of an order can be given back, and what is proposed for it: worked out from the figures it was bought for.

A line's pieces cost what all of them cost, spread: the first so many of them have half_up(total × so many / all). So
whatever is given back in whichever order, all pieces of a line make up the line, and all lines with delivery the total.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..pricing.quote import Quote
from ..pricing.sums import half_up, spread
from .models import GOOD_PAYMENTS, Order, Payment, PaymentState, Refund
from .pieces.queries import NOTHING_BACK, Pieces


class RefundTooLarge(Exception):
    """More would go back than the payments took."""


class Source(NamedTuple):
    """A payment that holds money, and how much of it may still go back."""

    payment: Payment
    left_cents: int

    def is_let_go(self, cents: int) -> bool:
        """Whether so much of it is given free rather than given back: all of it, before the bank has taken it."""
        return cents == self.payment.amount_cents and self.payment.state != PaymentState.SETTLED

    def has_to_wait(self, cents: int) -> bool:
        """Whether a part of it cannot go back yet, as far as we know: the bank has not paid out."""
        return self.payment.state != PaymentState.SETTLED and not self.is_let_go(cents)


def sources(payments: Sequence[Payment], refunds: Sequence[Refund]) -> list[Source]:
    """From an order's rows, oldest first."""
    gone: Counter[int] = Counter()
    for refund in refunds:
        gone[refund.payment_id] += 0 if refund.state in NOTHING_BACK else refund.amount_cents
    return [Source(each, each.amount_cents - gone[each.id]) for each in payments if each.state in GOOD_PAYMENTS]


def split(amount_cents: int, found: Sequence[Source]) -> list[tuple[Payment, int]]:
    """Which payments an amount goes back from: one alone, where one has enough left (one that it is the whole of before
    all others), else several, the newest first. Raises RefundTooLarge."""
    newest = [source for source in reversed(found) if source.left_cents > 0]
    enough = [source for source in newest if source.left_cents >= amount_cents]
    whole = [source for source in enough if source.payment.amount_cents == amount_cents]
    parts, rest = [], amount_cents
    for payment, left in (whole or enough)[:1] or newest:
        if part := min(left, rest):
            parts.append((payment, part))
            rest -= part
    if rest:
        raise RefundTooLarge(amount_cents)
    return parts


@dataclass(frozen=True)
class Proposal:
    """What would go back: each line's part, delivery's, and all of it; `tax_cents` is how much of that is tax.

    `asked_cents` is more than `amount_cents` when less than that is left.
    """

    parts: Mapping[int, int]
    delivery_cents: int
    asked_cents: int
    amount_cents: int
    tax_cents: int

    @property
    def is_capped(self) -> bool:
        return self.amount_cents < self.asked_cents


@dataclass(frozen=True)
class Refundable:
    """`sources` are the payments that it comes from, `delivery_cents` what was paid for delivery and is not given
    back."""

    pieces: Sequence[Pieces]
    sources: Sequence[Source]
    delivery_cents: int
    delivery_tax_cents: int

    @property
    def left_cents(self) -> int:
        """What may go back in all."""
        return sum(source.left_cents for source in self.sources)

    def is_let_go(self, cents: int) -> bool:
        """Whether nobody is charged at all for so much, instead of getting it back."""
        return all(source.is_let_go(part) for source, part in self._from(cents))

    def has_to_wait(self, cents: int) -> bool:
        """Whether a part of it waits until the bank has paid out."""
        return any(source.has_to_wait(part) for source, part in self._from(cents))

    def _from(self, cents: int) -> list[tuple[Source, int]]:
        by_payment = {source.payment.id: source for source in self.sources}
        return [(by_payment[payment.id], part) for payment, part in split(cents, self.sources)]

    def of_line(self, line_id: int) -> Pieces | None:
        return next((each for each in self.pieces if each.line.id == line_id), None)

    def propose(self, quantities: Mapping[int, int], *, delivery: bool) -> Proposal:
        """For so many pieces of each line, and delivery; quantities must be in range."""
        chosen = [(each, quantities[each.line.id]) for each in self.pieces if quantities.get(each.line.id)]
        parts = {each.line.id: share(each, quantity) for each, quantity in chosen}
        taxes = sum(tax_share(each, quantity) for each, quantity in chosen)
        for_delivery = self.delivery_cents if delivery else 0
        asked = sum(parts.values()) + for_delivery
        return self._within_what_is_left(
            parts, for_delivery, asked, taxes + (self.delivery_tax_cents if delivery else 0)
        )

    def _within_what_is_left(self, parts: Mapping[int, int], delivery: int, asked: int, tax: int) -> Proposal:
        amount = min(asked, self.left_cents)
        shared, for_delivery = shared_out(amount, parts, delivery)
        return Proposal(shared, for_delivery, asked, amount, half_up(tax * amount, asked) if asked else 0)


def share(pieces: Pieces, quantity: int) -> int:
    """What the next so many pieces of a line cost, of what all of them cost together."""
    return _upto(pieces, pieces.given_back + quantity) - _upto(pieces, pieces.given_back)


def tax_share(pieces: Pieces, quantity: int) -> int:
    """How much of that is tax, by the same way."""
    line, upto = pieces.line, [_upto(pieces, count) for count in (pieces.given_back, pieces.given_back + quantity)]
    before, after = (half_up(line.tax_cents * cents, line.total_cents) if cents else 0 for cents in upto)
    return after - before


def _upto(pieces: Pieces, count: int) -> int:
    return half_up(pieces.line.total_cents * count, pieces.line.quantity)


def shared_out(amount_cents: int, parts: Mapping[int, int], delivery_cents: int) -> tuple[dict[int, int], int]:
    """An amount over what it is for: never more than each part was; what is above their sum is for none of them."""
    weights = [*parts.values(), delivery_cents]
    shares = spread(min(amount_cents, sum(weights)), weights)
    return dict(zip(parts, shares, strict=False)), shares[-1]


def refundable(
    *, order: Order, quote: Quote, pieces: Sequence[Pieces], payments: Sequence[Payment], refunds: Sequence[Refund]
) -> Refundable:
    """From rows that are at hand."""
    back = [refund for refund in refunds if refund.state not in NOTHING_BACK]
    for_delivery = quote.delivery_cents + (
        quote.delivery.tax_cents if quote.delivery and not quote.tax_inclusive else 0
    )
    given = sum(each.delivery_cents for each in back)
    tax = quote.delivery.tax_cents if quote.delivery else 0
    return Refundable(pieces, sources(payments, refunds), max(0, for_delivery - given), 0 if given else tax)
