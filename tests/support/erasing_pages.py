"""The pages of removing in their states: everything, one thing, undoing it, and what the owner sees of it."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from werkzeug.test import TestResponse

from shop import clock
from shop.orders.models import Order, OrderState
from shop.orders.services.access import order_key
from shop.passwords import hash_password
from shop.privacy.erasing.models import Erasure
from shop.privacy.erasing.running import run_due_erasures
from shop.privacy.erasing.services import mail_confirming_link
from shop.privacy.person import Person

from .client import ShopClient
from .customers import PASSWORD, as_customer, make_customer
from .mailbox import link_to
from .past import address_of, past_order

WREN, GUEST = "wren@customers.example", "guest@customers.example"
PAGE, UNDO = "/my-data/erase", "/my-data/erase/undo"


def erasing_pages(app: Flask, robin: ShopClient) -> dict[str, TestResponse]:
    """`robin` is the owner's browser."""
    found = {"admin-retention": robin.get("/admin/retention")}
    with app.app_context():
        wren = make_customer(WREN, "Wren Oakes")
        type(wren).update(password_hash=hash_password(PASSWORD)).where(type(wren).id == wren.id).execute()
        address, past, coming = address_of(wren), past_order(WREN, customer=wren), past_order(WREN, customer=wren)
        Order.update(state=OrderState.PACKED).where(Order.id == coming.id).execute()
        key = order_key(past)
    client = as_customer(ShopClient(app, use_cookies=True), wren)
    found["remove-one"] = client.get(f"/my-data/remove/order/{past.id}")
    found["remove-one-not-yet"] = client.get(f"/my-data/remove/order/{coming.id}")
    found["remove-one-address"] = client.get(f"/my-data/remove/address/{address.id}")
    found["erase"] = client.get(PAGE)
    found["erase-wrong"] = client.submit(PAGE, action=PAGE, password="not this one")
    client.submit(PAGE, action=PAGE, password=PASSWORD)
    found["erase-waiting"] = client.get(PAGE)
    with app.app_context():
        found["erase-undo"] = ShopClient(app).get(link_to(WREN))
        Erasure.update(due_at=clock.now() - timedelta(minutes=1)).execute()
        run_due_erasures()
    visitor = ShopClient(app, use_cookies=True)
    found["order-forgotten"] = visitor.get(f"/orders/{past.number}?key={key}")
    found["admin-retention-told"] = robin.get("/admin/retention")
    found["admin-order-forgotten"] = robin.get(f"/admin/orders/{past.number}")
    unlock = f"/admin/orders/{past.number}/unlock"
    found["admin-unlock-wrong"] = robin.submit(unlock, action=unlock)
    robin.submit(unlock, action=unlock, reason="recall")
    found["admin-unlocked"] = robin.get(unlock)
    return found | _guests(app, visitor)


def _guests(app: Flask, visitor: ShopClient) -> dict[str, TestResponse]:
    with app.app_context():
        past_order(GUEST)
        mail_confirming_link(person=Person(None, GUEST))
        link = link_to(GUEST)
    return {
        "erase-by-link": visitor.get(link),
        "erase-link-gone": visitor.get(f"{PAGE}?key=gone"),
        "erase-undo-gone": visitor.get(f"{UNDO}?key=gone"),
        **{f"erase-{name}": visitor.get(f"{PAGE}/{name}") for name in ("link-sent", "requested", "kept")},
    }
