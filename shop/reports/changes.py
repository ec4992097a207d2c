"""What an order was sold as before its changes, and what each change made of that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from ..pricing.quote import Quote
from .sums import NUMBERS, Part, Sums


class EditRow(NamedTuple):
    """A change that was carried out; `before` and `after` are whole quotes as JSON."""

    order_id: int
    decided_at: datetime
    before: str
    after: str


class Figures(NamedTuple):
    """What an order's row says of it, from one of its quotes."""

    currency: str
    quote: str
    subtotal_cents: int
    discount_cents: int
    delivery_cents: int
    tax_cents: int
    total_cents: int
    discount_code: str
    delivery_code: str
    delivery_name: str
    tax_country: str
    tax_region: str


Sale = Callable[[Any, Iterable[Any]], Iterator[Part]]


def first_sold(order: Any, lines: Sequence[Any], edits: Sequence[EditRow]) -> tuple[Any, Sequence[Any]]:
    """The order's figures and lines as they were on the day it was placed."""
    return _as_of(edits[0].before) if edits else (order, lines)


def difference(edit: EditRow, sale_of: Sale) -> Iterator[Part]:
    """What a change adds to each figure of its day: below nothing where it takes away."""
    found: dict[Any, tuple[Sums, str]] = {}
    for text, sign in ((edit.before, -1), (edit.after, 1)):
        for part in sale_of(*_as_of(text)):
            sums, words = found.setdefault(part.key, (Sums(), part.words))
            sums.add(Sums(**{name: sign * getattr(part.sums, name) for name in NUMBERS}))
    for key, (sums, words) in found.items():
        if not sums.is_nothing:
            yield Part(key, sums, words)


def gained(edit: EditRow) -> int:
    """How many cents more the order comes to since then."""
    return Quote.from_json(edit.after).total_cents - Quote.from_json(edit.before).total_cents


def _as_of(text: str) -> tuple[Figures, Sequence[Any]]:
    quote = Quote.from_json(text)
    figures = Figures(
        currency=quote.currency,
        quote=text,
        subtotal_cents=quote.subtotal_cents,
        discount_cents=quote.discount_cents,
        delivery_cents=quote.delivery_cents,
        tax_cents=quote.tax_cents,
        total_cents=quote.total_cents,
        discount_code=quote.discount_code,
        delivery_code=quote.delivery.code if quote.delivery else "",
        delivery_name=quote.delivery.name if quote.delivery else "",
        tax_country=quote.country,
        tax_region=quote.region,
    )
    return figures, quote.lines
