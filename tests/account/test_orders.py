"""A customer's orders: theirs without a key, nobody else's at all; ordered again, cancelled before they are packed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from shop import clock
from shop import db as database
from shop.audit.models import AuditEvent
from shop.cart.models import CartLine
from shop.catalogue.models import Product, ProductState, Variant
from shop.customers.models import Customer
from shop.orders.models import Order, OrderState, Payment, PaymentState
from shop.orders.services.fulfilment import cancel_by_customer, pack_order
from shop.orders.services.revisions import NotNow
from shop.outbox.models import Mail, MailKind
from tests.practice import PracticeGateway
from tests.support.books import on_shelf, wrong_in_the_books
from tests.support.client import HtmxClient, ShopClient
from tests.support.queries import count_queries
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


def buy(client: ShopClient, variant_id: int, quantity: int = 1) -> Order:
    buyer = Buyer(client)
    buyer.reach_payment(variant_id, quantity)
    return order_of(buyer.pay())


def many(customer: Customer, count: int) -> None:
    """Orders without lines, as many as asked for."""
    for number in range(count):
        _like(customer, f"TEST-{number:04}")


def _like(customer: Customer, number: str, **more: Any) -> Order:
    one = {"number": number, "idem": number, "fingerprint": "", "currency": "USD", "quote": "{}", "delivery_code": "x"}
    figures = {"subtotal_cents": 100, "total_cents": 100, "delivery_name": "x"}
    made: Order = Order.create(**one, **figures, customer=customer, state=OrderState.SHIPPED, **more)
    return made


def test_the_accounts_first_page_shows_the_newest_order_and_nobody_elses(
    caros: ShopClient, dans: ShopClient, caro: Customer
) -> None:
    assert "Your last order" not in caros.get("/account").text
    many(caro, 2)
    page = caros.get("/account").text
    assert "TEST-0001" in page
    assert "TEST-0000" not in page
    assert "Your last order" not in dans.get("/account").text


def test_an_order_is_its_signed_in_customers_and_needs_no_key(caros: ShopClient, caro: Customer, shelf: Shelf) -> None:
    buyer = Buyer(caros)
    buyer.reach_payment(shelf.tote)
    answer = buyer.pay()
    order = order_of(answer)
    assert order.customer_id == caro.id
    assert answer.location == f"/orders/{order.number}"
    assert "Alder Tote" in caros.get(answer.location).text
    assert caros.get(f"{answer.location}/invoice").status_code == 200
    listed = caros.get("/account/orders").text
    assert order.number in listed
    assert "Alder Tote" in listed


@pytest.mark.parametrize("path", ["", "/invoice", "/again"])
def test_an_order_is_nobody_elses(
    app: Flask, caros: ShopClient, dans: ShopClient, client: ShopClient, shelf: Shelf, path: str
) -> None:
    order = buy(caros, shelf.tote)
    for stranger in (dans, client):
        assert stranger.get(f"/orders/{order.number}{path}").status_code == 404
    assert order.number not in dans.get("/account/orders").text


@pytest.mark.parametrize("path", ["cancel", "again", "account"])
def test_nobody_else_acts_on_it(
    caros: ShopClient, dans: ShopClient, client: ShopClient, shelf: Shelf, path: str
) -> None:
    order = buy(caros, shelf.tote)
    page = dans.get("/account")
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    assert dans.post(f"/orders/{order.number}/{path}", data={"csrf_token": token}).status_code == 404
    assert client.post(f"/orders/{order.number}/{path}").status_code in {400, 404}
    assert Order.get_by_id(order.id).state == OrderState.PLACED


def test_the_list_goes_on_page_by_page_with_the_same_number_of_queries(caros: ShopClient, caro: Customer) -> None:
    many(caro, 1)
    with count_queries() as few:
        caros.get("/account/orders")
    Order.update(number="FIRST", idem="FIRST").execute()
    many(caro, 45)
    with count_queries() as lots:
        page = caros.get("/account/orders").text
    assert len(lots) <= len(few)
    assert "TEST-0044" in page
    assert "TEST-0024" not in page
    older = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "TEST-0024" in caros.get(older).text


@pytest.mark.promise("P20")
def test_deactivated_orders_are_kept_apart(caros: ShopClient, caro: Customer) -> None:
    _like(caro, "PRESENT")
    _like(caro, "PUTAWAY", deactivated_at=clock.now())
    Order.update(state=OrderState.EXPIRED).where(Order.id == _like(caro, "NOTHING").id).execute()
    page = caros.get("/account/orders").text
    assert ("PRESENT" in page, "PUTAWAY" in page, "NOTHING" in page) == (True, False, False)
    apart = caros.get("/account/orders?show=deactivated").text
    assert ("PRESENT" in apart, "PUTAWAY" in apart) == (False, True)


def test_ordering_again_says_what_changed_and_fills_the_cart(caros: ShopClient, shelf: Shelf) -> None:
    buyer = Buyer(caros)
    for variant, quantity in ((shelf.tote, 2), (shelf.kale, 3), (shelf.last, 4)):
        buyer.fill_cart(variant, quantity)
    buyer.give_contact()
    buyer.give_delivery()
    order = order_of(buyer.pay())
    Variant.update(price_cents=5200).where(Variant.id == shelf.tote).execute()
    Variant.update(on_hand=1).where(Variant.id == shelf.kale).execute()
    Product.update(state=ProductState.ARCHIVED).where(Product.name == "Clay Pouch").execute()
    there = f"/orders/{order.number}/again"
    page = caros.get(there)
    assert "It costs $52.00 each now; you paid $48.00." in page.text
    assert "Only 1 of the 3 can be had." in page.text
    assert "No longer available: we do not sell it any more." in page.text
    for _ in range(2):
        answer = caros.submit(page, action=there)
        assert (answer.status_code, answer.location) == (303, "/cart")
    found = {line.variant_id: line.quantity for line in CartLine.select()}
    assert found == {shelf.tote: 2, shelf.kale: 1}


def test_ordering_again_leaves_what_is_in_the_cart(caros: ShopClient, shelf: Shelf) -> None:
    order = buy(caros, shelf.tote, 1)
    Buyer(caros).fill_cart(shelf.tote, 3)
    Buyer(caros).fill_cart(shelf.kale, 1)
    caros.submit(f"/orders/{order.number}/again", action=f"/orders/{order.number}/again")
    assert {line.variant_id: line.quantity for line in CartLine.select()} == {shelf.tote: 3, shelf.kale: 1}


def test_nothing_left_to_order_again_makes_no_cart(caros: ShopClient, shelf: Shelf) -> None:
    order = buy(caros, shelf.tote)
    page = caros.get(f"/orders/{order.number}/again")
    Variant.update(on_hand=0).where(Variant.id == shelf.tote).execute()
    answer = caros.submit(page, action=f"/orders/{order.number}/again")
    assert answer.status_code == 409
    assert "Nothing of this order can be had just now" in answer.text
    assert not CartLine.select().exists()


def test_its_customer_cancels_it_before_it_is_packed(
    app: Flask, caros: ShopClient, caro: Customer, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    before = on_shelf()
    order = buy(caros, shelf.tote, 2)
    page = caros.get(f"/orders/{order.number}")
    for _ in range(2):
        answer = caros.submit(page, action=f"/orders/{order.number}/cancel")
        assert (answer.status_code, answer.location) == (303, f"/orders/{order.number}")
    work(app)
    assert Payment.get(Payment.order == order).state == PaymentState.VOIDED
    assert wrong_in_the_books(practice_gateway, before) == []
    assert Mail.select().where(Mail.kind == MailKind.ORDER_CANCELLED).count() == 1
    assert AuditEvent.get(AuditEvent.kind == "order-cancelled").actor == f"customer:{caro.id}"
    assert "Cancelled" in caros.get(f"/orders/{order.number}").text


def test_what_was_taken_already_is_given_back(
    app: Flask, caros: ShopClient, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    order = buy(caros, shelf.tote)
    work(app)
    caros.submit(f"/orders/{order.number}", action=f"/orders/{order.number}/cancel")
    assert Order.get_by_id(order.id).refunded_cents == order.total_cents


def test_cancelling_by_htmx_shows_the_order_again(caros_htmx: HtmxClient, shelf: Shelf) -> None:
    order = buy(caros_htmx, shelf.tote)
    page = ShopClient.get(caros_htmx, f"/orders/{order.number}", headers={"HX-History-Restore-Request": "true"})
    answer = caros_htmx.submit(page, action=f"/orders/{order.number}/cancel")
    assert answer.status_code == 200
    assert "Your order is cancelled." in answer.text
    assert 'id="orders-order"' in answer.text


def test_a_packed_order_is_not_cancelled_and_says_why(caros: ShopClient, shelf: Shelf) -> None:
    order = buy(caros, shelf.tote)
    page = caros.get(f"/orders/{order.number}")
    pack_order(order=order, staff_id=1)
    answer = caros.submit(page, action=f"/orders/{order.number}/cancel")
    assert answer.status_code == 409
    assert "It has been packed meanwhile" in answer.text
    assert "Cancel this order" not in caros.get(f"/orders/{order.number}").text


def test_a_guest_cancels_by_the_link(client: ShopClient, shelf: Shelf) -> None:
    buyer = Buyer(client)
    buyer.reach_payment(shelf.tote)
    answer = buyer.pay()
    order = order_of(answer)
    cancelled = client.submit(answer.location, action=f"/orders/{order.number}/cancel")
    assert (cancelled.status_code, "key=" in cancelled.location) == (303, True)
    assert Order.get_by_id(order.id).state == OrderState.CANCELLED
    assert AuditEvent.get(AuditEvent.kind == "order-cancelled").actor == "guest"


def test_cancelling_and_packing_at_once_end_in_one_of_the_two(app: Flask, caros: ShopClient, shelf: Shelf) -> None:
    order = buy(caros, shelf.tote)

    def attempt(act: Any) -> bool:
        with app.app_context():
            database.open_connection()
            try:
                return bool(act(Order.get_by_id(order.id)))
            except NotNow:
                return False

    acts = [
        lambda one: cancel_by_customer(order=one),
        lambda one: pack_order(order=one, staff_id=1),
    ] * 3
    with ThreadPoolExecutor(len(acts)) as pool:
        done = list(pool.map(attempt, acts))
    assert done.count(True) == 1
    state = Order.get_by_id(order.id).state
    assert state == (OrderState.CANCELLED if done.index(True) % 2 == 0 else OrderState.PACKED)
