"""Everything that a cart's page shows, worked out once."""

from __future__ import annotations

from dataclasses import dataclass

from .. import clock
from ..config import settings
from ..pricing.queries import FreeFrom, nearest_free_delivery
from ..pricing.quote import Quote
from ..pricing.services import BasketTooLarge, DiscountRefused, price_basket
from .models import Cart
from .queries import BasketLine, basket, has_obstacles, removed_lines, to_buy


@dataclass(frozen=True)
class Contents:
    """`quote` is for what can be bought, before delivery and tax; `code_refused` says why the code does nothing."""

    lines: list[BasketLine]
    removed: list[BasketLine]
    quote: Quote | None
    discount_code: str
    code_refused: str
    free_from: FreeFrom | None

    @property
    def item_count(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def has_obstacles(self) -> bool:
        return has_obstacles(self.lines)

    @property
    def is_ready(self) -> bool:
        return self.quote is not None and bool(self.quote.lines) and not self.has_obstacles


NOTHING = Contents(lines=[], removed=[], quote=None, discount_code="", code_refused="", free_from=None)


def contents_of(cart: Cart) -> Contents:
    lines = basket(cart)
    quote, refused = _quote(lines, cart.discount_code)
    nudge = nearest_free_delivery(quote.subtotal_cents, settings().country) if quote and quote.lines else None
    return Contents(lines, removed_lines(cart), quote, cart.discount_code, refused, nudge)


def _quote(lines: list[BasketLine], code: str) -> tuple[Quote | None, str]:
    items, now = to_buy(lines), clock.now()
    try:
        try:
            return price_basket(items=items, discount_code=code, now=now), ""
        except DiscountRefused as refused:
            return price_basket(items=items, now=now), refused.reason
    except BasketTooLarge:
        return None, ""
