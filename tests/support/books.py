"""Do the shop's books agree with each other, and with the gateway's? Everything about money and stock at once."""

from __future__ import annotations

from collections import Counter
from typing import Any

from peewee import fn

from shop.catalogue.models import Product, StockMovement, Variant
from shop.money import as_decimal
from shop.orders.models import EditHold, Hold, HoldState, Order, OrderLine, OrderState, Payment, PaymentState, Refund
from shop.orders.pieces.queries import NOTHING_BACK
from shop.pricing.models import Discount, DiscountUse

from ..practice import PracticeGateway

PAID = (PaymentState.AUTHORIZED, PaymentState.SETTLING, PaymentState.SETTLED)
HOLDS_MONEY = {"authorized", "submitted_for_settlement", "settling", "settled"}
OPENING_STOCK = "received"
PLACED = (OrderState.PLACED, OrderState.PACKED, OrderState.SHIPPED, OrderState.DONE)


def wrong_in_the_books(gateway: PracticeGateway, on_shelf: dict[int, int]) -> list[str]:
    """One line for each thing that does not agree. `on_shelf` is what each variant had before anything was sold."""
    return [*_wrong_money(gateway), *_wrong_stock(on_shelf), *_wrong_discounts()]


def _wrong_money(gateway: PracticeGateway) -> list[str]:
    found = []
    charges = {one["id"]: one for one in gateway.ledger() if one["type"] == "sale" and one["status"] in HOLDS_MONEY}
    for order in Order.select():
        paid = list(Payment.select().where(Payment.order == order, Payment.state.in_(PAID)))
        if sum(payment.amount_cents for payment in paid) - _gone(order) != _worth(order):
            found.append(f"order {order.id} is {order.state} with {len(paid)} payments")
        for payment in paid:
            found += _wrong_charge(payment, charges.pop(payment.gateway_id, None))
    return found + [f"charge {id_} ({one['status']}) is in no order" for id_, one in charges.items()]


def _worth(order: Order) -> int:
    return int(order.total_cents) if order.state in PLACED else 0


def _gone(order: Order) -> int:
    """What goes back because the order was changed."""
    gone = Refund.select(fn.COALESCE(fn.SUM(Refund.amount_cents), 0)).where(
        Refund.order == order, Refund.edit.is_null(False), Refund.state.not_in(NOTHING_BACK)
    )
    return int(gone.scalar())


def _wrong_charge(payment: Payment, charge: dict[str, Any] | None) -> list[str]:
    if charge is None:
        return [f"payment {payment.id} counts on a charge that the gateway does not hold"]
    if charge["amount"] != str(as_decimal(payment.amount_cents)) or charge["order_id"] != payment.ref:
        return [f"payment {payment.id} is not the charge {charge['id']}"]
    return []


def _wrong_stock(on_shelf: dict[int, int]) -> list[str]:
    found, sold = [], _sold()
    for variant in Variant.select():
        moved = StockMovement.select(fn.COALESCE(fn.SUM(StockMovement.quantity), 0)).where(
            StockMovement.variant == variant, StockMovement.reason != OPENING_STOCK
        )
        held = sum(
            kind.select(fn.COALESCE(fn.SUM(kind.quantity), 0))
            .where(kind.variant == variant, kind.state == HoldState.HELD)
            .scalar()
            for kind in (Hold, EditHold)
        )
        if variant.on_hand != on_shelf[variant.id] - sold[variant.id]:
            found.append(f"variant {variant.id}: {variant.on_hand} on the shelf, {sold[variant.id]} sold")
        if moved.scalar() != -sold[variant.id]:
            found.append(f"variant {variant.id}: its movements say {moved.scalar()}")
        if held != variant.held:
            found.append(f"variant {variant.id}: {variant.held} held, holds say {held}")
    return found + _wrong_sums()


def _wrong_sums() -> list[str]:
    found = []
    for product in Product.select():
        left = Variant.select(fn.SUM(Variant.on_hand - Variant.held)).where(Variant.product == product).scalar()
        if product.available != left:
            found.append(f"product {product.id} shows {product.available}, but has {left}")
    return found


def _sold() -> Counter[int]:
    sold: Counter[int] = Counter()
    for line in OrderLine.select().join(Order).where(Order.state.in_(PLACED)):
        sold[line.variant_id] += line.quantity
    return sold


def _wrong_discounts() -> list[str]:
    found = []
    for discount in Discount.select():
        uses = DiscountUse.select().where(DiscountUse.discount == discount).count()
        if discount.used != uses:
            found.append(f"discount {discount.code} was used {discount.used} times, and {uses} uses are kept")
    return found


def on_shelf() -> dict[int, int]:
    """How many of each variant lie on the shelf now."""
    return {variant.id: variant.on_hand for variant in Variant.select()}
