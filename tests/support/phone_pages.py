"""The pages of orders that staff take, in their states."""

from __future__ import annotations

from flask import Flask
from werkzeug.test import TestResponse

from shop.catalogue.models import Product, ProductState, Variant
from shop.checkout.models import CheckoutDraft
from shop.customers.consents import ConsentPurpose
from shop.customers.models import Customer
from shop.customers.services.consents import give
from shop.payments.services.cards import keep_card
from shop.vault import Source

from .client import ShopClient
from .customers import make_customer
from .mailbox import link_to
from .taking import ADDRESS, NEW, Taker

MAY, GUEST = "may@customers.example", "noa@guests.example"


def phone_pages(app: Flask, robin: ShopClient) -> dict[str, TestResponse]:
    """`robin` is the owner's browser."""
    found = {"take-order": robin.get(NEW), "take-order-wrong": robin.submit(NEW, action=NEW)}
    sku = _sku()
    taker = Taker(robin)
    found["taking-nothing"] = robin.get(taker.page)
    found["taking-found"] = robin.get(f"{taker.page}?goods={sku}&who=nobody+at+all")
    found["taking-goods-wrong"] = taker.add(sku, "many")
    taker.add(sku, 2)
    found["taking-email-wrong"] = taker.send("email", email="noa@")
    found["taking-delivery-wrong"] = taker.send("delivery", delivery_name="Noa Ash")
    taker.send("email", email=GUEST)
    taker.send("delivery", **{**ADDRESS, "delivery_name": "Noa Ash"})
    found["taking-code-wrong"] = taker.send("discount", code="NOSUCH")
    found["taking-ready"] = robin.get(taker.page)
    taker.send("link")
    found["taking-asked"], found["take-orders"] = robin.get(taker.page), robin.get(NEW)
    return found | _links(app, taker, sku) | _cards(app, robin, sku)


def _links(app: Flask, taker: Taker, sku: str) -> dict[str, TestResponse]:
    with app.app_context():
        link = link_to(GUEST)
    client = ShopClient(app, use_cookies=True)
    found = {"prepared": client.get(link), "prepared-ended": client.get("/checkout/prepared?key=x")}
    variant = Variant.get(Variant.sku == sku)
    client.post("/cart/lines", data={"variant_id": variant.id, "quantity": 1})
    found["prepared-asks"] = client.submit(link, action="/checkout/prepared")
    client.submit(found["prepared-asks"], action="/checkout/prepared", replace="y")
    return found | {"prepared-checkout": client.get("/checkout")}


def _cards(app: Flask, robin: ShopClient, sku: str) -> dict[str, TestResponse]:
    with app.app_context():
        may = with_card(MAY, "May Vale")
    reason = f"/admin/reason/customer/{may.id}"
    robin.submit(reason, action=reason, reason="asked")
    taker = Taker(robin, begun_from=f"{NEW}?customer={may.id}")
    taker.add(sku, 1)
    taker.send("delivery", **{**ADDRESS, "delivery_name": "May Vale"})
    found = {"taking-card": robin.get(taker.page), "taking-card-wrong": taker.send("charge")}
    Variant.update(on_hand=0).where(Variant.sku == sku).execute()
    found["taking-sold-out"] = robin.get(taker.page)
    assert CheckoutDraft.select().count()
    return found


def with_card(email: str, name: str) -> Customer:
    """A customer who agreed that a card is kept, which no gateway knows."""
    customer = make_customer(email, name)
    give(customer=customer, purpose=ConsentPurpose.SAVED_CARD, source=Source.SELF)
    keep_card(customer_id=customer.id, gateway_customer="k1", token="t1", brand="Visa", last4="1111", expiry="12/2031")
    return customer


def _sku() -> str:
    plenty = (Variant.on_hand > 5) & ~Variant.is_archived & (Product.state == ProductState.ACTIVE)
    found: Variant = Variant.select().join(Product).where(plenty).order_by(Variant.id.desc()).first()
    return str(found.sku)
