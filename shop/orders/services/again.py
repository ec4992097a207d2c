"""Ordering the same once more: what of an order can still be had, at which price, and putting that into a cart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...cart.queries import basket, cart_of
from ...cart.services import Refused, add_to_cart
from ...catalogue.queries import SaleVariant, variants_for_sale
from ...db import db
from ..models import Order, OrderLine


@dataclass(frozen=True)
class AgainLine:
    """A line of the order beside what it is now; `variant` is None when it is no longer in the shop at all."""

    line: OrderLine
    variant: SaleVariant | None

    @property
    def is_sold(self) -> bool:
        return self.variant is not None and self.variant.is_for_sale

    @property
    def to_have(self) -> int:
        """How many of as many as were bought can be had."""
        if self.variant is None or not self.variant.is_for_sale:
            return 0
        return max(0, min(int(self.line.quantity), self.variant.available))

    @property
    def now_cents(self) -> int | None:
        """What one costs now, if that is another price than it was bought at."""
        if self.variant is None or not self.to_have or self.variant.price_cents == self.line.unit_price_cents:
            return None
        return self.variant.price_cents


def lines_again(order: Order) -> list[AgainLine]:
    """The order's lines as they could be bought today. Two queries."""
    lines = list(OrderLine.select().where(OrderLine.order == order.id).order_by(OrderLine.position))
    variants = variants_for_sale(line.variant_id for line in lines if line.variant_id)
    return [AgainLine(line, variants.get(line.variant_id or 0)) for line in lines]


def order_again(*, order: Order, token: str) -> Sequence[AgainLine]:
    """See to it that the token's cart, which is made if there is none, has as many of each thing as the order had, or
    as can be had. Done twice, it changes nothing more. Returns the lines of which something is in the cart now."""
    found = []
    with db.atomic():
        cart = cart_of(token)
        already = {int(one.variant.id): one.quantity for one in basket(cart)} if cart is not None else {}
        for one in lines_again(order):
            if one.variant is None or not one.to_have:
                continue
            lacking = one.to_have - already.get(int(one.variant.id), 0)
            if lacking <= 0 or _add(token, one.variant.id, lacking):
                found.append(one)
    return found


def _add(token: str, variant_id: int, quantity: int) -> bool:
    """Whoever was quicker may have bought the last, or the cart may be full: the rest goes in all the same."""
    try:
        with db.atomic():
            add_to_cart(token=token, variant_id=variant_id, quantity=quantity)
    except Refused:
        return False
    return True
