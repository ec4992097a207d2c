"""My data in each of its states: asked for, opened, full and empty, and the desk's part of it."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from werkzeug.test import TestResponse

from shop import clock
from shop.customers.models import LinkPurpose
from shop.customers.services.links import make_link
from shop.outbox.models import Mail

from .canary import plant
from .client import ShopClient
from .customers import as_customer, make_customer
from .till import BUYER


def my_data_pages(app: Flask, desk: ShopClient) -> dict[str, TestResponse]:
    """`desk` is the owner's browser; BUYER has ordered as a guest."""
    return {**_asked(app), **_account(app), **_at_the_desk(desk)}


def _asked(app: Flask) -> dict[str, TestResponse]:
    client = ShopClient(app, use_cookies=True)
    with app.app_context():
        link = f"/my-data/open/{make_link(purpose=LinkPurpose.MY_DATA, email=BUYER['email'])}"
    found = {
        "my-data-ask": client.get("/my-data"),
        "my-data-ask-wrong": client.submit("/my-data", action="/my-data/link", email="ada@"),
        "my-data-sent": client.get("/my-data/link-sent"),
        "my-data-link-gone": client.get("/my-data/open/no-such-link"),
        "my-data-link": client.get(link),
    }
    client.submit(link, action=link)
    return {**found, "my-data-guest": client.get("/my-data")}


def _account(app: Flask) -> dict[str, TestResponse]:
    client = ShopClient(app, use_cookies=True)
    with app.app_context():
        customer = make_customer("mona@customers.example", "Mona Lake")
        as_customer(client, customer)
    found = {"my-data-little": client.get("/my-data")}
    with app.app_context():
        canary = plant(customer)
    found["my-data-full"] = client.get("/my-data")
    # Nobody wrote that mail, and its text is no page.
    canary.rows[Mail].delete_instance()
    return found


def _at_the_desk(desk: ShopClient) -> dict[str, TestResponse]:
    asked = {"email": BUYER["email"], "proof": "document", "way": "print"}
    wanted = {
        "email": BUYER["email"], "of_table": "case", "ground": "legal", "reason": "It is before a court.",
        "until": (clock.now() + timedelta(days=30)).date().isoformat(),
    }  # fmt: skip
    printed = desk.submit("/admin/privacy", action="/admin/privacy/requests", **asked).headers["Location"]
    restrictions = "/admin/privacy/restrictions"
    wrong = desk.submit("/admin/privacy", action=restrictions, **{**wanted, "ground": "", "until": ""})
    desk.submit("/admin/privacy", action=restrictions, **wanted)
    return {
        "admin-privacy-printed": desk.get(printed),
        "admin-privacy-wrong": wrong,
        "admin-privacy": desk.get("/admin/privacy"),
    }
