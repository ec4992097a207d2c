"""Orders placed as a guest: offered to whoever proved the same address, and never joined to an account silently."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop.customers.models import Customer, LinkPurpose, MailedLink
from shop.orders.models import Order, OrderContact, OrderState, Payment, PaymentState
from shop.orders.own import count_offered
from shop.orders.services.parcels import ship_order
from shop.outbox.models import Mail
from tests.support.client import HtmxClient, ShopClient
from tests.support.customers import CARO, as_customer
from tests.support.till import (
    Buyer,
    Shelf,
    order_of,
    practice_gateway,
    running_gateway,
    settings_overrides,
    shelf,
)
from tests.support.worker import work

__all__ = ["practice_gateway", "running_gateway", "settings_overrides", "shelf"]


@pytest.fixture
def guests_order(client: ShopClient, shelf: Shelf) -> Order:
    return buy_as_guest(client, shelf.tote)


def buy_as_guest(client: ShopClient, variant_id: int, email: str = CARO.upper()) -> Order:
    buyer = Buyer(client)
    buyer.fill_cart(variant_id)
    buyer.give_contact(email=email)
    buyer.give_delivery()
    return order_of(buyer.pay())


def test_an_order_with_a_proven_address_is_offered_and_not_joined(
    caros: ShopClient, dans: ShopClient, caro: Customer, guests_order: Order
) -> None:
    page = caros.get("/account/orders").text
    assert "Placed as a guest" in page
    assert guests_order.number in page
    assert Order.get_by_id(guests_order.id).customer_id is None
    assert caros.get(f"/orders/{guests_order.number}").status_code == 404
    assert guests_order.number not in dans.get("/account/orders").text


def test_keeping_it_puts_it_into_the_account(caros: ShopClient, caro: Customer, guests_order: Order) -> None:
    answer = caros.submit("/account/orders", action=f"/account/orders/{guests_order.number}/keep")
    assert (answer.status_code, answer.location) == (303, "/account/orders")
    assert Order.get_by_id(guests_order.id).customer_id == caro.id
    assert "Placed as a guest" not in caros.get("/account/orders").text
    assert caros.get(f"/orders/{guests_order.number}").status_code == 200


def test_all_are_kept_at_once(caros_htmx: HtmxClient, caro: Customer, client: ShopClient, shelf: Shelf) -> None:
    for variant in (shelf.tote, shelf.kale):
        buy_as_guest(client, variant)
    page = ShopClient.get(caros_htmx, "/account/orders", headers={"HX-History-Restore-Request": "true"})
    answer = caros_htmx.submit(page, action="/account/orders/keep")
    assert "2 orders are in your account now." in answer.text
    assert count_offered(caro) == 0


@pytest.mark.promise("P20")
def test_clearing_it_takes_its_person_out_and_leaves_its_figures(
    app: Flask, caro: Customer, guests_order: Order
) -> None:
    work(app)
    Payment.update(state=PaymentState.SETTLED).execute()
    with app.app_context():
        ship_order(order=guests_order, carrier="usps", tracking="1", staff_id=1)
    clock.travel(timedelta(days=60))
    caros = as_customer(ShopClient(app), caro)
    answer = caros.submit("/account/orders", action=f"/account/orders/{guests_order.number}/clear")
    assert answer.status_code == 303
    after = Order.get_by_id(guests_order.id)
    assert after.deactivated_at is not None
    assert (after.total_cents, after.quote) == (guests_order.total_cents, guests_order.quote)
    assert not OrderContact.select().exists()
    assert guests_order.number not in caros.get("/account/orders").text


def test_an_open_order_is_not_cleared_and_says_why(caros: ShopClient, guests_order: Order) -> None:
    answer = caros.submit("/account/orders", action=f"/account/orders/{guests_order.number}/clear")
    assert answer.status_code == 409
    assert "It is not with you yet" in answer.text
    assert OrderContact.select().exists()


@pytest.mark.parametrize("act", ["keep", "clear"])
def test_only_who_it_is_offered_to_may_keep_or_clear_it(
    dans: ShopClient, client: ShopClient, guests_order: Order, act: str
) -> None:
    there = f"/account/orders/{guests_order.number}/{act}"
    token = dans.get("/account/orders").text.split('name="csrf_token" value="')[1].split('"')[0]
    assert dans.post(there, data={"csrf_token": token}).status_code == 404
    assert client.post(there).status_code in {303, 400}
    assert Order.get_by_id(guests_order.id).customer_id is None
    assert Order.get_by_id(guests_order.id).deactivated_at is None


def test_an_order_that_was_kept_is_offered_to_nobody_else(
    caros: ShopClient, guests_order: Order, caro: Customer
) -> None:
    page = caros.get("/account/orders")
    caros.submit(page, action=f"/account/orders/{guests_order.number}/keep")
    clock.travel(timedelta(minutes=1))
    assert caros.submit(page, action=f"/account/orders/{guests_order.number}/keep").status_code == 404


def test_a_guest_is_offered_an_account_after_the_order(client: ShopClient, shelf: Shelf) -> None:
    buyer = Buyer(client)
    buyer.reach_payment(shelf.tote)
    answer = buyer.pay()
    order = order_of(answer)
    sent = client.submit(answer.location, action=f"/orders/{order.number}/account")
    assert sent.status_code == 303
    link = MailedLink.get()
    assert (link.purpose, link.email) == (LinkPurpose.SIGN_UP, "ada.lovelace@example.com")


def test_strangers_do_not_use_up_the_guests_tries(app: Flask, client: ShopClient, shelf: Shelf) -> None:
    buyer = Buyer(client)
    buyer.reach_payment(shelf.tote)
    page = client.get(buyer.pay().location)
    there = f"/orders/{Order.get().number}/account"
    stranger = Buyer(ShopClient(app, use_cookies=True))
    stranger.fill_cart(shelf.kale)
    token = stranger.client.get("/checkout").text.split('name="csrf_token" value="')[1].split('"')[0]
    for _ in range(4):
        assert stranger.client.post(there, data={"csrf_token": token}).status_code == 404
    assert client.submit(page, action=there).status_code == 303
    assert MailedLink.select().count() == 1


def test_ticking_it_with_the_order_mails_the_link_once_it_is_placed(client: ShopClient, shelf: Shelf) -> None:
    buyer = Buyer(client)
    buyer.fill_cart(shelf.tote)
    buyer.give_contact(wants_account="y")
    buyer.give_delivery()
    assert not MailedLink.select().exists()
    page = buyer.payment_page()
    answer = buyer.pay(page=page)
    buyer.pay(page=page)
    assert order_of(answer).state == OrderState.PLACED
    assert MailedLink.get().email == "ada.lovelace@example.com"
    assert Mail.select().count() == 2


def test_without_the_tick_no_link_is_mailed(client: ShopClient, shelf: Shelf) -> None:
    buyer = Buyer(client)
    page = buyer.reach_payment(shelf.tote)
    buyer.pay(page=page)
    assert not MailedLink.select().exists()
