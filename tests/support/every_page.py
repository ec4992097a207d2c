"""Every page of the shop in each of its states, as its answer came, for whoever has a question to all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from shop import clock, errors
from shop.admin.models import Staff
from shop.admin.services import create_staff
from shop.catalogue.models import Product, ProductState, Variant
from shop.catalogue.services import bump_version, summarise
from shop.orders.cancelling import Reason
from shop.orders.models import Order, Payment, Refund, RefundState
from shop.orders.services.access import order_key
from shop.orders.services.fulfilment import cancel_order, pack_order
from shop.orders.services.parcels import ship_order
from shop.outbox.models import Mail, MailState

from ..practice import PracticeGateway
from .access_pages import access_pages
from .account_pages import account_pages
from .client import ShopClient
from .customer_desk_pages import customer_desk_pages
from .desk import PASSWORD, ROBIN, say_why, sign_in
from .desk_pages import desk_pages
from .edit_pages import edit_pages
from .erasing_pages import erasing_pages
from .goods_pages import goods_pages
from .import_pages import import_pages
from .list_pages import list_pages
from .my_data_pages import my_data_pages
from .order_desk_pages import order_desk_pages
from .paper_pages import paper_pages
from .phone_pages import phone_pages
from .policy_pages import policy_pages
from .portal_pages import portal_pages
from .security_pages import security_pages
from .settings_pages import settings_pages
from .till import BUYER, DECLINED, Buyer, order_of

Pages = dict[str, TestResponse]
ANYBODYS = {
    "home": "/",
    "section": "/s/bags/",
    "collection": "/s/bags/handbags/",
    "search": "/search?q=tote&stock=1",
    "search-empty": "/search?q=nothing+like+this",
    "search-slip": "/search?q=bakpack",
    "cart-empty": "/cart",
    "privacy": "/privacy",
    "privacy-version": "/privacy/1",
    "contact": "/privacy/contact",
    "promises": "/promises",
    "cookies": "/cookies",
    "link-sent": "/orders/link-sent",
    "error-404": "/no/such/page",
    "admin-sign-in": "/admin/sign-in",
}
ERRORS = (403, 410, 422, 429, 500, 503)


def every_page(app: Flask, gateway: PracticeGateway) -> Pages:
    """Of the demo shop `app`, which pays at `gateway`: name of the page's state -> the answer."""
    seen: Pages = {}
    visitor = ShopClient(app, use_cookies=True)
    seen.update({name: visitor.get(path) for name, path in ANYBODYS.items()})
    seen.update(_error_pages(app))
    seen.update(_products(app))
    seen.update(_carts(app))
    seen.update(_checkout(app, gateway))
    seen.update(_desk(app, _orders(app, seen)))
    seen.update(account_pages(app))
    seen.update(portal_pages(app, _variants()))
    seen.update(policy_pages(app, sign_in(ShopClient(app, use_cookies=True), ROBIN)))
    seen.update(list_pages(app, sign_in(ShopClient(app, use_cookies=True), ROBIN)))
    seen.update(settings_pages(sign_in(ShopClient(app, use_cookies=True), ROBIN)))
    seen.update(paper_pages(app, sign_in(ShopClient(app, use_cookies=True), ROBIN)))
    seen.update(import_pages(app, sign_in(ShopClient(app, use_cookies=True), ROBIN)))
    seen.update(security_pages(app))
    seen.update(my_data_pages(app, sign_in(ShopClient(app, use_cookies=True), ROBIN)))
    seen.update(desk_pages(app, sign_in(ShopClient(app, use_cookies=True), ROBIN)))
    seen.update(erasing_pages(app, sign_in(ShopClient(app, use_cookies=True), ROBIN)))
    seen.update(customer_desk_pages(app, sign_in(ShopClient(app, use_cookies=True), ROBIN)))
    seen.update(access_pages(app, sign_in(ShopClient(app, use_cookies=True), ROBIN)))
    seen.update(goods_pages(app, sign_in(ShopClient(app, use_cookies=True), ROBIN)))
    seen.update(phone_pages(app, sign_in(ShopClient(app, use_cookies=True), ROBIN)))
    assert [name for name, page in seen.items() if page.mimetype != "text/html"] == []
    return seen


def _error_pages(app: Flask) -> Pages:
    found = {}
    for code in ERRORS:
        with app.test_request_context("/"):
            response = app.process_response(errors.answer(code))
        with app.test_request_context("/") as context:
            found[f"error-{code}"] = TestResponse([response.get_data()], f"{code} x", response.headers, context.request)
    return found


def _variants() -> Iterator[Variant]:
    """Some that are for sale, each of another product."""
    plenty = (Variant.on_hand > 5) & ~Variant.is_archived & (Product.state == ProductState.ACTIVE)
    seen = set()
    for variant in Variant.select().join(Product).where(plenty).order_by(Variant.id):
        if variant.product_id not in seen:
            seen.add(variant.product_id)
            yield variant


def _change(variant: Variant, **values: Any) -> None:
    Variant.update(**values).where(Variant.id == variant.id).execute()
    summarise(variant.product_id)
    bump_version()


def _products(app: Flask) -> Pages:
    client, variants = ShopClient(app), _variants()
    usual, gone, sold_out = next(variants), next(variants), next(variants)
    Product.update(state=ProductState.ARCHIVED).where(Product.id == gone.product_id).execute()
    for variant in sold_out.product.variants:
        _change(variant, on_hand=0)
    return {
        "product": client.get(f"/p/{usual.product.slug}"),
        "product-gone": client.get(f"/p/{gone.product.slug}"),
        "product-sold-out": client.get(f"/p/{sold_out.product.slug}"),
    }


def _carts(app: Flask) -> Pages:
    buyer, variants = Buyer(ShopClient(app, use_cookies=True)), _variants()
    one, dearer, fewer, away = (next(variants) for _ in range(4))
    for variant in (one, dearer, fewer, away):
        buyer.fill_cart(variant.id, 3)
    client = buyer.client
    found = {"cart": client.get("/cart")}
    lines = re.findall(r'action="/cart/lines/(\d+)"', found["cart"].text)
    found["cart-wrong"] = client.post(f"/cart/lines/{lines[0]}", data={"quantity": "two"})
    found["cart-wrong-code"] = client.post("/cart/discount", data={"code": "NOSUCH"})
    _change(dearer, price_cents=dearer.price_cents + 500)
    _change(fewer, on_hand=1)
    _change(away, on_hand=0)
    client.post(f"/cart/lines/{lines[0]}/remove")
    client.post("/cart/discount", data={"code": "WELCOME10"})
    found["cart-changed"] = client.get("/cart")
    found["cart-not-added"] = client.post("/cart/lines", data={"variant_id": away.id, "quantity": 1})
    found["cart-no-cookies"] = ShopClient(app, use_cookies=False).post(
        "/cart/lines", data={"variant_id": one.id, "quantity": 1}, follow_redirects=True
    )
    return found


def _checkout(app: Flask, gateway: PracticeGateway) -> Pages:
    buyer, variants = Buyer(ShopClient(app, use_cookies=True)), _variants()
    variant = next(variants)
    buyer.fill_cart(variant.id, 2)
    client = buyer.client
    found = {"checkout-contact": client.get("/checkout"), "checkout-contact-wrong": buyer.give_contact(email="ada@")}
    buyer.give_contact()
    found["checkout-delivery"] = client.get("/checkout?step=delivery")
    found["checkout-delivery-wrong"] = buyer.give_delivery(
        delivery_street="", delivery_postcode="7", phone="12", billing_is_delivery=None
    )
    buyer.give_delivery(phone="+1 213 555 0134", note="The bell does not work.")
    found["checkout-payment"] = client.get("/checkout?step=payment")
    found["checkout-declined"] = buyer.pay(DECLINED)
    gateway.faults("client_token", 503)
    found["checkout-no-token"] = client.get("/checkout?step=payment")
    page = buyer.payment_page()
    _change(variant, on_hand=1)
    found["checkout-too-few"] = buyer.pay(page=page)
    _change(variant, on_hand=9)
    gateway.faults("sale", "drop_after_commit")
    waiting = buyer.pay()
    found["waiting"] = client.get(waiting.location)
    found["checkout-being-checked"] = client.get("/checkout")
    return found


def _orders(app: Flask, seen: Pages) -> dict[str, Order]:
    """One in each state; their guests' pages join `seen`."""
    orders, variants = {}, _variants()
    for state in ("placed", "packed", "shipped", "cancelled"):
        buyer = Buyer(ShopClient(app, use_cookies=True))
        buyer.reach_payment(next(variants).id, 2)
        answer = buyer.pay()
        orders[state] = order_of(answer)
        with app.app_context():
            _carry_out(state, orders[state])
        seen[f"order-{state}"] = buyer.client.get(answer.location)
    seen["invoice"] = buyer.client.get(answer.location.replace("?", "/invoice?"))
    clock.travel(timedelta(days=365))
    seen["order-link-expired"] = buyer.client.get(answer.location)
    clock.travel(timedelta(0))
    return orders


def _carry_out(state: str, order: Order) -> None:
    if state in {"packed", "shipped"}:
        pack_order(order=order, staff_id=1)
    if state == "shipped":
        ship_order(order=order, carrier="usps", tracking="9400 1112 0255 5550 1234 56", staff_id=1)
    if state == "cancelled":
        cancel_order(order=order, reason=Reason.CUSTOMER_ASKED, staff_id=1)


def _desk(app: Flask, orders: dict[str, Order]) -> Pages:
    client = ShopClient(app, use_cookies=True)
    with app.app_context():
        create_staff(email=ROBIN, name="Robin Fern", password=PASSWORD, role="owner")
    found = {
        "admin-sign-in-wrong": client.submit(
            "/admin/sign-in", action="/admin/sign-in", email=ROBIN, password="not this one"
        )
    }
    sign_in(client, ROBIN)
    found["admin-orders"] = client.get("/admin/orders")
    found["admin-search"] = client.get(f"/admin/orders?q={BUYER['email']}")
    found["admin-search-empty"] = client.get("/admin/orders?q=nobody@example.com")
    found["admin-reason"] = client.get(f"/admin/orders/{orders['shipped'].number}", follow_redirects=True)
    asked = found["admin-reason"].request.path
    found["admin-reason-wrong"] = client.submit(found["admin-reason"], action=asked, reason="other")
    for state, order in orders.items():
        say_why(Staff.get(), order)
        found[f"admin-order-{state}"] = client.get(f"/admin/orders/{order.number}")
    page = f"/admin/orders/{orders['packed'].number}"
    found["admin-order-wrong"] = client.submit(page, action=f"{page}/ship", carrier="", tracking="")
    _trouble(app, orders["packed"])
    found["admin-order-troubled"] = client.get(page)
    buyer = Buyer(ShopClient(app, use_cookies=True))
    buyer.reach_payment(next(_variants()).id, 2)
    found |= order_desk_pages(client, order_of(buyer.pay()))
    buyer.reach_payment(next(_variants()).id, 2)
    changing = order_of(buyer.pay())
    with app.app_context():
        key = order_key(changing)
    return found | edit_pages(client, buyer.client, changing, key)


def _trouble(app: Flask, order: Order) -> None:
    """A refund that the gateway refused, and mails that do not leave."""
    with app.app_context():
        payment = Payment.get(Payment.order == order.id)
        Refund.create(order=order, payment=payment, ref="refused", amount_cents=100, state=RefundState.FAILED)
        waits = {"state": MailState.QUEUED, "attempts": 3, "error": "TimeoutError"}
        Mail.update(waits).where(Mail.about_kind == "order", Mail.about_id == order.id).execute()
