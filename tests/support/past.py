"""What somebody left in the shop long ago, written straight into its tables: nobody buys anything for it."""

from __future__ import annotations

import secrets
from datetime import timedelta

from shop import clock
from shop.config import settings
from shop.customers.models import Address, Customer
from shop.disclosures.models import DisclosurePurpose
from shop.disclosures.services import disclose
from shop.orders.models import Order, OrderContact, OrderState, Payment, PaymentState, Shipment
from shop.orders.numbers import new_number
from shop.outbox.models import MailKind
from shop.outbox.services import queue_mail
from shop.pricing.quote import DeliveryCharge, Quote
from shop.vault import Recipient, Source, index_name, new_subject


def past_order(email: str, *, customer: Customer | None = None, total_cents: int = 4800) -> Order:
    """An order that was paid, sent, and is not coming back; its mail still waits."""
    at = clock.now() - timedelta(days=settings().return_days + 1)
    order: Order = Order.create(
        number=new_number(),
        idem=secrets.token_hex(8),
        fingerprint="x",
        state=OrderState.SHIPPED,
        customer=customer and customer.id,
        currency="USD",
        subtotal_cents=total_cents,
        total_cents=total_cents,
        quote=_quote(total_cents).to_json(),
        delivery_code="standard",
        delivery_name="Standard",
        **dict.fromkeys(("created_at", "placed_at", "packed_at", "shipped_at"), at),
    )
    contact = OrderContact.create(
        subject=new_subject("order"),
        source=Source.SELF,
        order=order.id,
        email=email,
        phone="+12135550134",
        delivery_name="Wren Oakes",
        delivery_street="4 Alder Row",
    )
    index_name(contact, "Wren Oakes")
    Payment.create(
        order=order.id, ref=secrets.token_hex(6), amount_cents=total_cents, state=PaymentState.SETTLED, settled_at=at
    )
    Shipment.create(order=order.id, carrier="usps", tracking="9400100000000000000000", at=at)
    fields = ["delivery_name", "delivery_street", "phone"]
    disclose(
        about=("order", order.id),
        recipient=Recipient.CARRIER,
        who="usps",
        fields=fields,
        purpose=DisclosurePurpose.DELIVERY,
        by="staff:1",
    )
    queue_mail(
        key=f"past:{order.id}",
        kind=MailKind.ORDER_SHIPPED,
        to=email,
        subject_line="Your order is on its way",
        text="Dear Wren Oakes",
        html='<!doctype html><html lang="en"><title>On its way</title><p>Dear Wren Oakes</p></html>',
        about=("order", order.id),
    )
    return order


def _quote(cents: int) -> Quote:
    delivery = DeliveryCharge(
        code="standard", name="Standard", promise="2 to 5 days", price_cents=0, discount_cents=0, tax_cents=0,
        tax_rate_ppm=0, tax_name="", needs_address=True,
    )  # fmt: skip
    return Quote(
        currency="USD", lines=(), subtotal_cents=cents, discount_cents=0, discount_code="", discount_name="",
        delivery=delivery, delivery_cents=0, tax_inclusive=False, taxes=(), tax_cents=0, total_cents=cents,
        weight_grams=500, country="US", region="CA",
    )  # fmt: skip


def address_of(customer: Customer) -> Address:
    address: Address = Address.create(
        subject=customer.subject, source=Source.SELF, customer=customer.id, name="Caro Reed", street="9 Heron Row"
    )
    return address
