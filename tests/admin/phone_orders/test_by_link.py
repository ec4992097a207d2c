"""An order told by phone, and paid for by its customer behind a mailed link."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop.admin.models import Staff
from shop.audit.models import AuditEvent
from shop.cart.models import Cart
from shop.checkout.models import CheckoutDraft
from shop.checkout.taking.services import end_links
from shop.orders.models import Order, OrderContact, OrderState
from shop.outbox.models import Mail
from shop.vault import Source, destroyed_at

from ...practice import PracticeGateway
from ...support.client import ShopClient
from ...support.desk import SAM, say_why
from ...support.mailbox import link_to, mails_to
from ...support.taking import NEW, Taker
from ...support.till import BUYER, Buyer, Shelf, order_of

ADA, PREPARED = BUYER["email"], "/checkout/prepared"


@pytest.fixture
def asked(shelf: Shelf, sam: ShopClient) -> Taker:
    """An order of two totes whose customer was asked to pay."""
    taker = Taker(sam)
    taker.take_all()
    assert taker.send("link").status_code == 303
    return taker


def link(app: Flask) -> str:
    with app.app_context():
        return link_to(ADA)


def followed(app: Flask, path: str) -> ShopClient:
    """A browser of its own, with the order behind the link in it."""
    client = ShopClient(app, use_cookies=True)
    answer = client.submit(path, action=PREPARED)
    assert (answer.status_code, answer.location) == (303, "/checkout")
    return client


@pytest.mark.promise("P36")
def test_what_was_told_by_phone_is_paid_behind_the_link_and_says_so_everywhere(
    app: Flask, asked: Taker, sam: ShopClient, staff: dict[str, Staff]
) -> None:
    path = link(app)
    buyer = Buyer(followed(app, path))
    assert "12 Analytical Way" in buyer.payment_page()
    answer = buyer.pay()
    order = order_of(answer)
    assert (order.state, order.source, order.taken_by) == (OrderState.PLACED, Source.STAFF_BY_PHONE, staff[SAM].id)
    with app.app_context():
        contact = OrderContact.get(OrderContact.order == order.id)
        assert (contact.source, contact.delivery_name) == (Source.STAFF_BY_PHONE, BUYER["delivery_name"])
        event = AuditEvent.get(AuditEvent.kind == "order-taken")
        assert (event.actor, event.about_id) == (f"staff:{staff[SAM].id}", order.id)
        assert event.details == '{"source":"staff_by_phone"}'
        assert CheckoutDraft.select().count() == Cart.select().count() == 0
        say_why(staff[SAM], order)
        assert "You gave it to us by phone" in str(mails_to(ADA)[-1].text)
    assert "We took your order, as you gave it to us by phone" in buyer.client.get(answer.location).text
    page = sam.get(f"/admin/orders/{order.number}").text
    assert "The order was taken by phone." in page
    assert "Sam Oak, by phone" in page
    assert BUYER["delivery_name"] not in sam.get(NEW).text
    assert ShopClient(app).get(path).status_code == 404


def test_a_customer_who_corrects_what_was_written_down_is_its_source(app: Flask, asked: Taker) -> None:
    buyer = Buyer(followed(app, link(app)))
    buyer.give_delivery(delivery_street="14 Analytical Way")
    order = order_of(buyer.pay())
    with app.app_context():
        contact = OrderContact.get(OrderContact.order == order.id)
        assert (contact.delivery_street, contact.source) == ("14 Analytical Way", Source.SELF)
        assert Order.get_by_id(order.id).source == Source.STAFF_BY_PHONE


def test_the_link_asks_before_it_replaces_a_cart_and_looking_at_it_changes_nothing(
    app: Flask, asked: Taker, shelf: Shelf
) -> None:
    client, path = ShopClient(app, use_cookies=True), link(app)
    client.post("/cart/lines", data={"variant_id": shelf.kale, "quantity": 3})
    own = client.get_cookie("cart")
    page = client.get(path)
    refused = client.submit(page, action=PREPARED)
    assert refused.status_code == 422
    assert "Say what is to become of it." in refused.text
    assert client.get_cookie("cart") == own
    assert asked.draft.opened_at is None
    assert client.submit(page, action=PREPARED, replace="y").status_code == 303
    assert "Alder Tote" in client.get("/cart").text
    assert Cart.select().count() == 1
    assert asked.draft.opened_at is not None
    assert "link followed" in asked.client.get(NEW).text


def test_the_browser_that_followed_last_has_the_order_and_the_other_none(app: Flask, asked: Taker) -> None:
    path = link(app)
    phone, desk = followed(app, path), followed(app, path)
    assert phone.get("/checkout").location == "/cart"
    assert order_of(Buyer(desk).pay()).state == OrderState.PLACED


def test_a_new_link_ends_the_old_one_and_a_withdrawn_one_leaves_the_order_to_be_changed(
    app: Flask, asked: Taker, sam: ShopClient
) -> None:
    first = link(app)
    browser = followed(app, first)
    assert asked.send("link").status_code == 303
    assert ShopClient(app).get(first).status_code == 404
    assert browser.get("/checkout").location == "/cart"
    second = link(app)
    locked = sam.get(f"{asked.page}?goods=tote")
    assert f"{asked.page}/lines" not in locked.text
    assert asked.send("link/withdrawal").status_code == 303
    assert ShopClient(app).get(second).status_code == 404
    with app.app_context():
        assert [(mail.state, mail.text) for mail in Mail.select()] == [("withdrawn", None)] * 2
    asked.add("kale")
    assert "Curly Kale" in sam.get(asked.page).text


@pytest.mark.parametrize("way", ["thrown away", "ended by itself"])
def test_of_an_order_that_nobody_pays_for_nothing_personal_is_left(app: Flask, asked: Taker, way: str) -> None:
    path, subject = link(app), asked.draft.subject
    if way == "thrown away":
        assert asked.send("removal").location == NEW
    else:
        clock.travel(timedelta(days=7, minutes=1))
        with app.app_context():
            assert end_links() == 1
    assert ShopClient(app).get(path).status_code == 404
    with app.app_context():
        assert CheckoutDraft.select().count() == Cart.select().count() == 0
        assert destroyed_at(subject) is not None
        assert [(mail.state, mail.text) for mail in Mail.select()] == [("withdrawn", None)]
        assert end_links() == 0


def test_while_the_bank_is_asked_the_link_can_neither_be_withdrawn_nor_end(
    app: Flask, asked: Taker, practice_gateway: PracticeGateway
) -> None:
    buyer = Buyer(followed(app, link(app)))
    page = buyer.payment_page()
    opened = asked.client.get(asked.page)
    practice_gateway.faults("sale", "drop_after_commit")
    buyer.pay(page=page)
    for action in ("link", "link/withdrawal", "removal"):
        answer = asked.client.submit(opened, action=f"{asked.page}/{action}")
        assert (answer.status_code, "The bank is being asked" in answer.text) == (409, True), action
    assert "Being checked" in asked.client.get(NEW).text
    clock.travel(timedelta(days=8))
    with app.app_context():
        assert end_links() == 0
