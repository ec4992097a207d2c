"""The pages where customers see their orders and cards, and the checkout of who is signed in, in their states."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask
from werkzeug.test import TestResponse

from shop.addresses import Address as Postal
from shop.catalogue.models import Variant
from shop.customers.services.addresses import add_address
from shop.customers.services.consents import ConsentPurpose, give
from shop.orders.models import Order
from shop.orders.services.fulfilment import pack_order
from shop.payments.services.cards import keep_card
from shop.vault import Source

from .client import ShopClient
from .customers import as_customer, make_customer
from .till import Buyer, order_of

FAY = "fay@customers.example"
HOME = Postal(name="Fay Birch", street="3 Weir Road", city="Salem", region="OR", postcode="97301", country="US")


def portal_pages(app: Flask, variants: Iterator[Variant]) -> dict[str, TestResponse]:
    """Of Fay, who bought once as a guest and then made an account."""
    guest = Buyer(ShopClient(app, use_cookies=True))
    guest.fill_cart(next(variants).id)
    guest.give_contact(email=FAY)
    guest.give_delivery()
    answer = guest.pay()
    with app.app_context():
        fay = make_customer(FAY, "Fay Birch")
    client = as_customer(ShopClient(app, use_cookies=True), fay)
    found = {"cards-none": client.get("/account/cards"), "order-of-guest": guest.client.get(answer.location)}
    with app.app_context():
        give(customer=fay, purpose=ConsentPurpose.SAVED_CARD, source=Source.SELF)
        card = {"gateway_customer": "fay", "token": "t", "brand": "Visa", "last4": "1111", "expiry": "12/2031"}
        keep_card(customer_id=fay.id, **card)
        add_address(customer=fay, postal=HOME, source=Source.SELF, by=f"customer:{fay.id}")
    return found | _bought(app, client, variants) | _at_checkout(client, next(variants).id)


def _bought(app: Flask, client: ShopClient, variants: Iterator[Variant]) -> dict[str, TestResponse]:
    buyer, variant = Buyer(client), next(variants)
    buyer.reach_payment(variant.id, 2)
    order = order_of(buyer.pay())
    there = f"/orders/{order.number}"
    found = {"orders": client.get("/account/orders"), "order-own": client.get(there)}
    offered = Order.get(Order.customer.is_null() & (Order.id < order.id) & (Order.id >= order.id - 1))
    found["orders-not-cleared"] = client.submit("/account/orders", action=f"/account/orders/{offered.number}/clear")
    found["orders-deactivated"] = client.get("/account/orders?show=deactivated")
    found["order-again"] = client.get(f"{there}/again")
    with app.app_context():
        pack_order(order=order, staff_id=1)
    found["order-not-cancelled"] = client.post(
        f"{there}/cancel", data={"csrf_token": found["order-own"].text.split('csrf_token" value="')[1].split('"')[0]}
    )
    Variant.update(is_archived=True).where(Variant.id == variant.id).execute()
    found["order-again-none"] = client.get(f"{there}/again")
    Variant.update(is_archived=False).where(Variant.id == variant.id).execute()
    found["cards"] = client.get("/account/cards")
    return found


def _at_checkout(client: ShopClient, variant_id: int) -> dict[str, TestResponse]:
    buyer = Buyer(client)
    buyer.fill_cart(variant_id)
    found = {"checkout-own-contact": client.get("/checkout")}
    buyer.give_contact()
    found["checkout-own-delivery"] = client.get("/checkout?step=delivery")
    buyer.give_delivery()
    found["checkout-saved-card"] = client.get("/checkout?step=payment")
    client.submit("/account", action="/sign-out")
    found["signed-out"] = client.get("/signed-out")
    return found
