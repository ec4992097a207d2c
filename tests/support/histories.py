"""Histories of orders written straight into the tables: what was bought, paid, given back and cancelled, and when."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from shop import clock
from shop.orders.models import Order, OrderLine, OrderState, Payment, PaymentState, Refund, RefundState
from shop.pricing.quote import Quote
from shop.pricing.sums import Delivery, Goods, Reduction, Tax, work_out

STANDARD, FOOD = Tax("Sales tax", 95_000), Tax("Food", 20_000)
PARCEL = Delivery(code="parcel", name="Parcel", promise="", price_cents=690, needs_address=True, tax=STANDARD)
_numbers = count(1)


def goods(
    price_cents: int, quantity: int = 1, *, name: str = "Alder Tote", sku: str = "", tax: Tax = STANDARD
) -> Goods:
    return Goods(
        variant_id=0, name=name, options="", sku=sku or name.lower().replace(" ", "-"), picture="",
        unit_price_cents=price_cents, quantity=quantity, weight_grams=100, tax=tax,
    )  # fmt: skip


def quote_of(
    *lines: Goods, off: Reduction | None = None, delivery: Delivery | None = PARCEL, inclusive: bool = False,
    region: str = "CA",
) -> Quote:  # fmt: skip
    return work_out(
        currency="USD", goods=lines, reduction=off, delivery=delivery, inclusive=inclusive, country="US", region=region
    )


def sold(quote: Quote | None = None, *, at: datetime | None = None, **changes: Any) -> Order:
    """An order placed at that moment, with its lines and its payment, settled unless it was cancelled."""
    quote, at = quote or quote_of(goods(4800)), at or clock.now()
    number = f"T{next(_numbers):06d}"
    known = {
        "number": number, "idem": number, "fingerprint": "", "state": OrderState.PLACED, "currency": quote.currency,
        "subtotal_cents": quote.subtotal_cents, "discount_cents": quote.discount_cents,
        "delivery_cents": quote.delivery_cents, "tax_cents": quote.tax_cents, "total_cents": quote.total_cents,
        "quote": quote.to_json(), "discount_code": quote.discount_code,
        "delivery_code": quote.delivery.code if quote.delivery else "",
        "delivery_name": quote.delivery.name if quote.delivery else "",
        "tax_country": quote.country, "tax_region": quote.region, "created_at": at, "placed_at": at,
    }  # fmt: skip
    order: Order = Order.create(**{**known, **changes})
    write_lines(order, quote)
    if quote.total_cents and order.placed_at:
        pay(order, PaymentState.VOIDED if order.cancelled_at else PaymentState.SETTLED)
    return order


def write_lines(order: Order, quote: Quote) -> None:
    names = ["name", "options", "sku", "unit_price_cents", "quantity", "subtotal_cents", "discount_cents"]
    names += ["tax_cents", "tax_rate_ppm", "total_cents"]
    for position, line in enumerate(quote.lines):
        OrderLine.create(order=order, position=position, **{name: getattr(line, name) for name in names})


def pay(order: Order, state: PaymentState = PaymentState.SETTLED) -> Payment:
    made: Payment = Payment.create(
        order=order, ref=secrets.token_hex(6), amount_cents=order.total_cents, state=state,
        created_at=order.created_at, decided_at=order.placed_at,
    )  # fmt: skip
    return made


def gave_back(
    order: Order, cents: int, *, at: datetime | None = None, state: RefundState = RefundState.DONE, **changes: Any
) -> Refund:
    """A refund of the order's payment, decided at that moment."""
    payment = Payment.select().where(Payment.order == order).first()
    made: Refund = Refund.create(
        order=order, payment=payment, ref=secrets.token_hex(6), amount_cents=cents, state=state,
        decided_at=at or clock.now(), **changes,
    )  # fmt: skip
    return made


def cancelled(order: Order, *, at: datetime | None = None) -> Order:
    """Cancelled before its payment was taken."""
    now = at or clock.now()
    Order.update(state=OrderState.CANCELLED, cancelled_at=now).where(Order.id == order.id).execute()
    Payment.update(state=PaymentState.VOIDED).where(Payment.order == order.id).execute()
    return Order.get_by_id(order.id)


def every_day(days: int, *, until: datetime, quotes: Sequence[Quote]) -> Iterable[Order]:
    """An order a day, the last one at `until`."""
    return [sold(quotes[back % len(quotes)], at=until - timedelta(days=back)) for back in range(days)]
