"""Orders for the desk's list, written straight into the tables: nobody goes through the shop for them."""

from __future__ import annotations

import secrets
from typing import Any

from shop import clock
from shop.orders.models import Order, OrderContact, OrderLine, OrderState, Payment, PaymentState
from shop.orders.numbers import new_number
from shop.pricing.quote import DeliveryCharge, Quote
from shop.vault import Source, index_name, new_subject

PAID = {OrderState.PLACED, OrderState.PACKED, OrderState.SHIPPED, OrderState.DONE}


def listed(
    name: str = "Ada Lovelace",
    *,
    state: OrderState = OrderState.PLACED,
    is_collected: bool = False,
    sku: str = "tote",
    goods: str = "Alder Tote",
    email: str = "",
    phone: str = "",
    note: str = "",
    **more: Any,
) -> Order:
    """An order of two things for $48.00; `more` are columns of it."""
    now = clock.now()
    known: dict[str, Any] = {
        "number": new_number(),
        "idem": secrets.token_hex(8),
        "fingerprint": "x",
        "state": state,
        "currency": "USD",
        "subtotal_cents": 4800,
        "total_cents": 4800,
        "quote": _quote(is_collected).to_json(),
        "delivery_code": "pick-up" if is_collected else "parcel",
        "delivery_name": "Pick up" if is_collected else "Parcel",
        "created_at": now,
        "placed_at": now,
        "has_note": bool(note),
    }
    order: Order = Order.create(**{**known, **more})
    contact = OrderContact.create(
        subject=new_subject("order"),
        source=Source.SELF,
        order=order.id,
        email=email or f"{order.number.lower()}@customers.example",
        phone=phone or None,
        delivery_name=name,
        delivery_street="4 Alder Row",
        note=note or None,
    )
    index_name(contact, name)
    OrderLine.create(
        order=order.id, position=0, name=goods, sku=sku, quantity=2, unit_price_cents=2400, subtotal_cents=4800,
        total_cents=4800,
    )  # fmt: skip
    if state in PAID:
        Payment.create(order=order.id, ref=order.number, amount_cents=order.total_cents, state=PaymentState.SETTLED)
    return order


def _quote(is_collected: bool) -> Quote:
    delivery = DeliveryCharge(
        code="parcel", name="Parcel", promise="2 to 4 working days", price_cents=0, discount_cents=0, tax_cents=0,
        tax_rate_ppm=0, tax_name="", needs_address=not is_collected,
    )  # fmt: skip
    return Quote(
        currency="USD", lines=(), subtotal_cents=4800, discount_cents=0, discount_code="", discount_name="",
        delivery=delivery, delivery_cents=0, tax_inclusive=False, taxes=(), tax_cents=0, total_cents=4800,
        weight_grams=500, country="US", region="CA",
    )  # fmt: skip
