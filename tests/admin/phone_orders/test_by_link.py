"""An order told by phone, and paid for by its customer behind a mailed link."""

from __future__ import annotations

import pytest
from flask import Flask

from shop.admin.models import Staff
from shop.audit.models import AuditEvent
from shop.cart.models import Cart
from shop.checkout.models import CheckoutDraft
from shop.orders.models import OrderContact, OrderState
from shop.vault import Source

from ...support.client import ShopClient
from ...support.desk import SAM, say_why
from ...support.mailbox import link_to
from ...support.taking import NEW, Taker
from ...support.till import BUYER, Buyer, Shelf, order_of

ADA = BUYER["email"]


def asked(client: ShopClient) -> Taker:
    """An order whose customer was asked to pay."""
    taker = Taker(client)
    taker.take_all()
    assert taker.send("link").status_code == 303
    return taker


def follow(app: Flask, link: str, **typed: str) -> ShopClient:
    """A browser of its own, with the order behind the link in it."""
    client = ShopClient(app, use_cookies=True)
    assert client.submit(link, action="/checkout/prepared", **typed).status_code == 303
    return client


@pytest.mark.promise("P36")
def test_what_was_told_by_phone_is_paid_behind_the_link_and_says_so_everywhere(
    app: Flask, shelf: Shelf, sam: ShopClient, staff: dict[str, Staff]
) -> None:
    asked(sam)
    buyer = Buyer(follow(app, link_to(ADA)))
    assert "12 Analytical Way" in buyer.payment_page()
    answer = buyer.pay()
    order = order_of(answer)
    assert (order.state, order.source, order.taken_by) == (OrderState.PLACED, Source.STAFF_BY_PHONE, staff[SAM].id)
    with app.app_context():
        contact = OrderContact.get(OrderContact.order == order.id)
        assert (contact.source, contact.delivery_name) == (Source.STAFF_BY_PHONE, BUYER["delivery_name"])
        event = AuditEvent.get(AuditEvent.kind == "order-taken")
        assert (event.actor, event.about_id, event.details) == (
            f"staff:{staff[SAM].id}",
            order.id,
            '{"source":"staff_by_phone"}',
        )
        assert CheckoutDraft.select().count() == Cart.select().count() == 0
    assert "We took your order, as you gave it to us by phone" in buyer.client.get(answer.location).text
    with app.app_context():
        say_why(staff[SAM], order)
    page = sam.get(f"/admin/orders/{order.number}").text
    assert "The order was taken by phone." in page
    assert "Sam Oak, by phone" in " ".join(page.split())
    assert "Analytical" not in sam.get(NEW).text
