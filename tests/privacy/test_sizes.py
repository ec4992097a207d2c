"""My data of somebody with a thousand orders: as many queries as for a few, a page at a time, all of it in the copy."""

from __future__ import annotations

import json
import re
import secrets
from typing import Any

import pytest
from flask import Flask

from shop.customers.models import Customer
from shop.db import db
from shop.orders.models import Order, OrderContact, OrderLine, Payment
from shop.vault import Source, new_subject
from tests.support.client import ShopClient
from tests.support.queries import count_queries

MANY = 1_000


def order_row(customer: Customer) -> dict[str, Any]:
    return {
        "number": secrets.token_hex(6), "idem": secrets.token_hex(8), "fingerprint": "", "customer": customer.id,
        "currency": "USD", "subtotal_cents": 100, "total_cents": 100, "quote": "{}", "delivery_code": "",
        "delivery_name": "", "state": "placed",
    }  # fmt: skip


def add_orders(count: int, customer: Customer) -> None:
    """Each with an item and a payment; made in bulk, so the newest few alone have a contact of their own."""
    with db.atomic():
        before = Order.select().count()
        Order.insert_many([order_row(customer) for _ in range(count)]).execute()
        ids = [order.id for order in Order.select(Order.id).order_by(Order.id).offset(before)]
        OrderLine.insert_many(
            {
                "order": order_id, "position": 0, "name": "Alder Tote", "sku": "tote", "unit_price_cents": 100,
                "quantity": 1, "subtotal_cents": 100, "total_cents": 100,
            }
            for order_id in ids
        ).execute()  # fmt: skip
        Payment.insert_many(
            {"order": order_id, "ref": f"ref-{order_id}", "amount_cents": 100, "state": "settled"} for order_id in ids
        ).execute()
        for order_id in ids[-10:]:
            OrderContact.create(
                order=order_id, subject=new_subject("order"), source=Source.SELF, email="c@d.example",
                delivery_name=f"Bearer {order_id}",
            )  # fmt: skip


@pytest.mark.promise("P54")
def test_a_thousand_orders_cost_as_many_queries_as_a_few_and_are_paged(
    app: Flask, caro: Customer, caros: ShopClient
) -> None:
    caros.get("/my-data")
    add_orders(12, caro)
    with count_queries() as few:
        page = caros.get("/my-data").text
    add_orders(MANY, caro)
    with count_queries() as many:
        page = caros.get("/my-data").text
    assert len(many) == len(few) < 60
    newest = [order.number for order in Order.select().order_by(Order.id.desc()).limit(20)]
    shown = re.findall(r"Order ([0-9a-f]{12})</h3>", page)
    assert shown == newest[:10]
    link = re.search(r'rel="next" href="(/my-data\?order=[^"]+)#orders"', page)
    assert link is not None
    assert re.findall(r"Order ([0-9a-f]{12})</h3>", caros.get(link[1]).text) == newest[10:]


def test_the_copy_holds_all_thousand(app: Flask, caro: Customer, caros: ShopClient) -> None:
    add_orders(MANY, caro)
    with count_queries() as sent:
        data = json.loads(caros.submit("/my-data", action="/my-data/export.json").data)
    tables = data["tables"]
    assert {name: len(tables[name]["rows"]) for name in ("order", "order_line", "payment", "order_contact")} == {
        "order": MANY, "order_line": MANY, "payment": MANY, "order_contact": 10
    }  # fmt: skip
    assert len(sent) < 200


def test_a_broken_cursor_is_the_first_page(caros: ShopClient) -> None:
    for cursor in ("x", "", "A" * 600, "WyJvbiIsIG51bGxd"):
        assert caros.get("/my-data", query_string={"order": cursor, "no_such": cursor}).status_code == 200
