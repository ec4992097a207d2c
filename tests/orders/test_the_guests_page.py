"""One order, seen by whoever holds its link, and by nobody else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop.orders.cancelling import Reason
from shop.orders.models import Order, OrderContact, OrderState
from shop.orders.services.access import order_key
from shop.orders.services.fulfilment import cancel_order
from shop.orders.services.parcels import ship_order
from shop.outbox.models import Mail
from shop.vault import destroy_subject

from ..support.client import HtmxClient, ShopClient
from ..support.desk import bought
from ..support.till import BUYER, Shelf

pytestmark = pytest.mark.once


@pytest.fixture
def key(app: Flask, order: Order) -> str:
    with app.app_context():
        return order_key(order)


def path(order: Order, key: str, page: str = "") -> str:
    return f"/orders/{order.number}{page}?key={key}"


def test_the_link_shows_what_was_bought_where_it_goes_and_how_it_was_paid(
    client: ShopClient, order: Order, key: str
) -> None:
    page = client.get(path(order, key)).text
    for shown in (
        "We have your order",
        "Alder Tote",
        "Moss",
        "$105.12",
        "12 Analytical Way",
        "Los Angeles",
        "ending in",
    ):
        assert shown in page
    assert "/static/" in page


@pytest.mark.parametrize("page", ["", "/invoice"])
def test_a_stranger_gets_nothing(
    app: Flask, client: ShopClient, order: Order, shelf: Shelf, key: str, page: str
) -> None:
    other = bought(app, shelf)
    with app.app_context():
        others_key = order_key(other)
    for wrong in ("", "nonsense", key[:-1], key + "x", others_key, "é", "x" * 5000, "a.b.c"):
        assert client.get(path(order, wrong, page)).status_code == 404
    assert client.get(f"/orders/{order.number}{page}").status_code == 404
    assert client.get(path(Order(number="0000-0000"), key, page)).status_code == 404


def test_the_key_stands_in_no_log(
    client: ShopClient, order: Order, key: str, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = client.get(path(order, key))
    captured = capfd.readouterr()
    assert key not in captured.out + captured.err
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_old_link_offers_a_fresh_one(app: Flask, client: ShopClient, order: Order, key: str) -> None:
    clock.travel(timedelta(days=61))
    answer = client.get(path(order, key))
    assert answer.status_code == 410
    assert "This link has expired" in answer.text
    assert BUYER["delivery_street"] not in answer.text
    sent = client.submit(answer, action=f"/orders/{order.number}/link")
    assert (sent.status_code, sent.location) == (303, "/orders/link-sent")
    with app.app_context():
        mail = Mail.select().order_by(Mail.id.desc()).get()
        assert mail.recipient == BUYER["email"]
        link = re.search(r"http\S+/orders/\S+", mail.text)
    assert link is not None
    assert client.get(link[0].removeprefix("http://127.0.0.1:8000")).status_code == 200


def test_asking_for_a_link_by_htmx_answers_in_place(app: Flask, htmx: HtmxClient, order: Order, key: str) -> None:
    clock.travel(timedelta(days=61))
    answer = htmx.submit(path(order, key), action=f"/orders/{order.number}/link")
    assert answer.status_code == 200
    assert 'id="orders-link"' in answer.text


def test_asking_for_the_link_of_no_order_says_the_same_and_mails_nobody(
    app: Flask, client: ShopClient, order: Order, key: str
) -> None:
    clock.travel(timedelta(days=61))
    page = client.get(path(order, key))
    before = Mail.select().count()
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token is not None
    answer = client.post("/orders/0000-0000/link", data={"csrf_token": token[1]})
    assert (answer.status_code, answer.location) == (303, "/orders/link-sent")
    assert Mail.select().count() == before


def test_asking_again_and_again_mails_once_and_then_stops(client: ShopClient, order: Order, key: str) -> None:
    clock.travel(timedelta(days=61))
    before = Mail.select().count()
    answers = [client.submit(path(order, key), action=f"/orders/{order.number}/link").status_code for _ in range(4)]
    assert answers == [303, 303, 303, 429]
    assert Mail.select().count() == before + 1


def test_each_state_is_said_in_words(app: Flask, client: ShopClient, order: Order, key: str) -> None:
    said = {
        OrderState.PENDING: "We are checking with the bank",
        OrderState.PACKED: "Your order is packed",
        OrderState.EXPIRED: "Not placed",
        OrderState.PAYMENT_FAILED: "Not paid",
    }
    for state, words in said.items():
        Order.update(state=state).where(Order.id == order.id).execute()
        assert words in client.get(path(order, key)).text
    fragment = HtmxClient(app, use_cookies=True).get(path(order, key)).text
    assert fragment.lstrip().startswith('<div id="orders-order"')


def test_a_parcel_can_be_followed(app: Flask, client: ShopClient, order: Order, key: str) -> None:
    with app.app_context():
        ship_order(order=order, carrier="ups", tracking="1Z999AA10123456784", staff_id=1)
    page = client.get(path(order, key)).text
    assert "https://www.ups.com/track?tracknum=1Z999AA10123456784" in page
    assert "On its way" in page


def test_a_cancelled_order_says_why_and_that_nothing_was_charged(
    app: Flask, client: ShopClient, order: Order, key: str
) -> None:
    with app.app_context():
        cancel_order(order=order, reason=Reason.SOLD_OUT, staff_id=1)
    page = client.get(path(order, key)).text
    assert Reason.SOLD_OUT.sentence in page
    assert "not charged" in page
    assert "This order was cancelled" in client.get(path(order, key, "/invoice")).text


def test_the_invoice_names_seller_buyer_tax_and_day(client: ShopClient, order: Order, key: str) -> None:
    page = client.get(path(order, key, "/invoice")).text
    shown = ("18 Alder Lane", f"Invoice {order.number}", "Ada Lovelace", "Sales tax 9.5% on $96.00", "$9.12", "$105.12")
    for text in shown:
        assert text in page


def test_an_order_that_was_never_placed_has_no_invoice(client: ShopClient, order: Order, key: str) -> None:
    Order.update(placed_at=None, state=OrderState.PENDING).where(Order.id == order.id).execute()
    assert client.get(path(order, key, "/invoice")).status_code == 404


def test_after_erasure_the_figures_stay_and_the_person_is_gone(
    app: Flask, client: ShopClient, order: Order, key: str
) -> None:
    with app.app_context():
        destroy_subject(OrderContact.get(OrderContact.order == order.id).subject)
    for page in ("", "/invoice"):
        text = client.get(path(order, key, page)).text
        assert "removed" in text
        assert "$105.12" in text
        for gone in ("Ada", "Analytical", BUYER["email"]):
            assert gone not in text
