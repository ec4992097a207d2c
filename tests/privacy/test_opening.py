"""A guest sees their data by a mailed link: the same answer for every address, opened by a button, for an hour."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop.customers.models import Customer
from shop.orders.models import Order
from shop.outbox.models import Mail
from shop.privacy.models import DataKey
from shop.privacy.services.opening import forget_old_keys
from shop.vault import preload
from tests.support.client import HtmxClient, ShopClient
from tests.support.customers import CARO
from tests.support.till import BUYER

GUEST = BUYER["email"]


def ask(client: ShopClient, email: str) -> None:
    answer = client.submit("/my-data", action="/my-data/link", email=email)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/my-data/link-sent"


def mailed(app: Flask, email: str) -> str:
    """The text of the newest mail to an address about somebody's data."""
    with app.app_context():
        mails = list(Mail.select().where(Mail.key.startswith("my-data")).order_by(Mail.id.desc()))
        preload(mail.subject for mail in mails)
        return next((str(mail.text) for mail in mails if mail.recipient == email), "")


def link_of(app: Flask, email: str) -> str:
    found = re.search(r"/my-data/open/\S+", mailed(app, email))
    assert found is not None
    return found[0]


def opened(app: Flask, client: ShopClient, email: str) -> ShopClient:
    """The client, in which the link was opened that somebody had asked for elsewhere."""
    ask(ShopClient(app), email)
    link = link_of(app, email)
    answer = client.submit(link, action=link)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/my-data")
    return client


@pytest.mark.promise("P54")
def test_a_guest_opens_a_mailed_link_and_sees_their_order(app: Flask, order: Order) -> None:
    client = opened(app, ShopClient(app, use_cookies=True), GUEST)
    page = client.get("/my-data").text
    assert f"Order {order.number}" in page
    assert BUYER["delivery_street"] in page
    assert f"about {GUEST}" in page


def test_htmx_gets_the_answer_in_place(htmx: HtmxClient) -> None:
    answer = htmx.post("/my-data/link", data={"email": GUEST})
    assert "Look into your mail" in answer.text
    assert answer.text.lstrip().startswith('<div id="privacy-ask"')


def test_every_address_gets_the_same_answer_and_each_a_mail(app: Flask, caro: Customer, client: ShopClient) -> None:
    answers = {client.post("/my-data/link", data={"email": email}).data for email in (CARO, GUEST, "no@body.example")}
    assert len(answers) == 1
    assert "/sign-in" in mailed(app, CARO)
    assert "/my-data/open/" not in mailed(app, CARO)
    assert "/my-data/open/" in mailed(app, GUEST)
    assert "/my-data/open/" in mailed(app, "no@body.example")


def test_a_mailbox_is_written_to_three_times_an_hour_and_the_answer_stays_the_same(
    app: Flask, client: ShopClient
) -> None:
    for _ in range(5):
        ask(client, GUEST)
    assert Mail.select().where(Mail.key.startswith("my-data")).count() == 3


def test_what_is_no_address_is_said_at_its_field_and_kept(client: ShopClient) -> None:
    answer = client.submit("/my-data", action="/my-data/link", email="ada@")
    assert answer.status_code == 422
    assert "not a complete e-mail address" in answer.text
    assert 'value="ada@"' in answer.text


def test_looking_at_the_link_does_not_use_it_up(app: Flask, order: Order, client: ShopClient) -> None:
    ask(client, GUEST)
    link = link_of(app, GUEST)
    for _ in range(3):
        assert ShopClient(app).get(link).status_code == 200
    assert ShopClient(app).head(link).status_code == 200
    assert DataKey.select().count() == 0
    assert client.submit(link, action=link).status_code == 303


def test_the_link_works_once_and_for_an_hour(app: Flask, order: Order, client: ShopClient) -> None:
    ask(client, GUEST)
    first = link_of(app, GUEST)
    assert client.post(first).status_code == 303
    again = ShopClient(app, use_cookies=True)
    assert again.post(first).status_code == 404
    assert again.get(first).status_code == 404
    ask(again, GUEST)
    late = link_of(app, GUEST)
    clock.travel(timedelta(minutes=61))
    assert again.get(late).status_code == 404
    assert "Ask for another" in again.post(late).text


def test_the_page_closes_by_itself_after_an_hour(app: Flask, order: Order) -> None:
    client = opened(app, ShopClient(app, use_cookies=True), GUEST)
    clock.travel(timedelta(minutes=61))
    page = client.get("/my-data").text
    assert "The hour is over" in page
    assert order.number not in page
    assert client.post("/my-data/export.json").status_code in {303, 400, 404}
    with app.app_context():
        assert forget_old_keys() == 1


def test_a_guest_closes_the_page_at_once(app: Flask, order: Order) -> None:
    client = opened(app, ShopClient(app, use_cookies=True), GUEST)
    client.submit("/my-data", action="/my-data/close")
    assert order.number not in client.get("/my-data").text
    assert DataKey.select().count() == 0


def test_a_link_opened_in_a_customers_browser_shows_whose_data_it_is(
    app: Flask, order: Order, caros: ShopClient
) -> None:
    page = opened(app, caros, GUEST).get("/my-data").text
    assert f"about {GUEST}" in page
    assert CARO not in page
    caros.submit("/my-data", action="/my-data/close")
    assert f"about {CARO}" in caros.get("/my-data").text


def test_nobody_is_shown_anothers_data(app: Flask, order: Order, caros: ShopClient, dans: ShopClient) -> None:
    """Neither a key nor a link of one browser opens anything in another."""
    guest = opened(app, ShopClient(app, use_cookies=True), GUEST)
    with guest.session_transaction() as session:
        key = session["my_data"]
    stranger = ShopClient(app, use_cookies=True)
    for other in (caros, dans, stranger):
        page = other.get(f"/my-data?key={key}").text
        assert order.number not in page
        assert GUEST not in page
    for action in ("export.json", "export.zip"):
        assert stranger.post(f"/my-data/{action}").status_code in {400, 404}
        assert GUEST.encode() not in dans.submit("/my-data", action=f"/my-data/{action}").data
    for token in ("x", key, "A" * 43, "A" * 200):
        for other in (caros, stranger):
            assert other.get(f"/my-data/open/{token}").status_code == 404
            assert other.post(f"/my-data/open/{token}").status_code == 404


def test_the_signed_out_page_gives_nobody_a_session(client: ShopClient) -> None:
    answer = client.get("/my-data")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
