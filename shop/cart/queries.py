"""What is in a cart, at today's prices and stock, and what has changed since it was put in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from peewee import fn

from .. import clock
from ..catalogue.queries import SaleVariant, variants_for_sale
from .cookie import hash_of
from .models import Cart, CartLine

# How long a removed line waits to be put back.
UNDO_FOR = timedelta(hours=1)


class Obstacle(StrEnum):
    """Why a line cannot be bought as it stands."""

    NOT_SOLD = "no longer sold"
    SOLD_OUT = "sold out"
    TOO_FEW = "too few left"


@dataclass(frozen=True)
class BasketLine:
    """A line of a cart with its variant as it is now."""

    line: CartLine
    variant: SaleVariant
    quantity: int

    @property
    def was_cents(self) -> int | None:
        """The price when it was put in, if it is another now."""
        seen: int = self.line.seen_price_cents
        return seen if seen != self.variant.price_cents and self.variant.is_for_sale else None

    @property
    def obstacle(self) -> Obstacle | None:
        if not self.variant.is_for_sale:
            return Obstacle.NOT_SOLD
        if self.variant.available <= 0:
            return Obstacle.SOLD_OUT
        return Obstacle.TOO_FEW if self.variant.available < self.quantity else None

    @property
    def to_buy(self) -> int:
        """How many of it can be bought."""
        return max(0, min(self.quantity, self.variant.available)) if self.variant.is_for_sale else 0


def cart_of(token: str | None) -> Cart | None:
    """The cart whose cookie holds the token."""
    return Cart.get_or_none(Cart.token_hash == hash_of(token)) if token else None


def basket(cart: Cart) -> list[BasketLine]:
    """The cart's lines, first put in first. Two queries."""
    return _with_variants(_lines(cart).where(CartLine.removed_at.is_null()))


def removed_lines(cart: Cart) -> list[BasketLine]:
    """Lines taken out a while ago that can still be put back."""
    return _with_variants(_lines(cart).where(CartLine.removed_at > clock.now() - UNDO_FOR))


def _lines(cart: Cart) -> Any:
    return CartLine.select().where(CartLine.cart == cart.id).order_by(CartLine.added_at, CartLine.id)


def _with_variants(lines: Iterable[CartLine]) -> list[BasketLine]:
    found = list(lines)
    variants = variants_for_sale(line.variant_id for line in found)
    return [BasketLine(line, variants[line.variant_id], line.quantity) for line in found]


def has_line(cart: Cart, line_id: int) -> bool:
    """Whether a line is this cart's, removed or not."""
    return bool(CartLine.select().where(CartLine.id == line_id, CartLine.cart == cart.id).exists())


def to_buy(lines: Sequence[BasketLine]) -> list[tuple[SaleVariant, int]]:
    """What of the lines can be bought, as `price_basket` takes it."""
    return [(line.variant, line.to_buy) for line in lines if line.to_buy]


def has_obstacles(lines: Sequence[BasketLine]) -> bool:
    """Whether something stands between this cart and the checkout: the shopper decides on the cart page first."""
    return any(line.obstacle for line in lines)


def items_in_cart(token: str | None) -> int:
    """How many pieces a cart holds: what the badge shows. One query, and none without a cookie."""
    if token is None:
        return 0
    found: int = (
        CartLine.select(fn.COALESCE(fn.SUM(CartLine.quantity), 0))
        .join(Cart)
        .where(Cart.token_hash == hash_of(token), CartLine.removed_at.is_null())
        .scalar()
    )
    return found
