"""The checkout of who is signed in: filled in from the account, theirs alone, and no slower for everybody else."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from shop.addresses import Address as Postal
from shop.cart.models import Cart, CartLine
from shop.cart.queries import cart_of
from shop.checkout.models import CheckoutDraft
from shop.customers.models import Address, AddressUse, Customer
from shop.customers.queries import addresses_of
from shop.customers.services.addresses import add_address
from shop.orders.models import Order, OrderContact
from shop.vault import Source

from ..support.client import HtmxClient, ShopClient
from ..support.customers import CARO, as_customer, caro, caros, caros_htmx, dan, dans
from ..support.queries import count_queries
from ..support.till import Buyer, Shelf, order_of

__all__ = ["caro", "caros", "caros_htmx", "dan", "dans"]

HOME = Postal(name="Caro Reed", street="5 Heron Lane", city="Portland", region="OR", postcode="97201", country="US")
OFFICE = Postal(name="Reed & Moss", street="9 Mill Street", city="Salem", region="OR", postcode="97301", country="US")


@pytest.fixture
def buyer(caros: ShopClient, shelf: Shelf) -> Buyer:
    found = Buyer(caros)
    found.fill_cart(shelf.tote)
    return found


def add(customer: Customer, postal: Postal, *uses: AddressUse) -> Address:
    return add_address(customer=customer, postal=postal, source=Source.SELF, by=f"customer:{customer.id}", uses=uses)


def value(page: str, name: str) -> str:
    found = re.search(rf'<(?:input|textarea)[^>]*name="{name}"[^>]*?(?:value="([^"]*)"|>\s*([^<]*)<)', page)
    assert found, name
    return found[1] or found[2] or ""


def test_the_contact_step_begins_with_the_accounts_address_which_may_be_changed(buyer: Buyer, caro: Customer) -> None:
    assert value(buyer.client.get("/checkout").text, "email") == CARO
    buyer.give_contact(email="caro@work.example")
    buyer.give_delivery()
    order = order_of(buyer.pay())
    assert order.customer_id == caro.id
    assert OrderContact.get(OrderContact.order == order).email == "caro@work.example"


def test_the_delivery_step_begins_with_the_chosen_addresses(buyer: Buyer, caro: Customer) -> None:
    add(caro, HOME, AddressUse.DELIVERY)
    add(caro, OFFICE, AddressUse.BILLING)
    buyer.client.submit("/checkout", action="/checkout/contact")
    page = buyer.client.get("/checkout?step=delivery")
    assert value(page.text, "delivery_street") == "5 Heron Lane"
    assert value(page.text, "billing_street") == "9 Mill Street"
    answer = buyer.client.submit(page, action="/checkout/delivery")
    assert answer.location == "/checkout?step=payment"
    contact = OrderContact.get(OrderContact.order == order_of(buyer.pay()))
    assert (contact.delivery_city, contact.billing_city) == ("Portland", "Salem")


def test_another_saved_address_is_put_in_and_nothing_else_is_lost(buyer: Buyer, caro: Customer) -> None:
    add(caro, HOME)
    office = add(caro, OFFICE)
    buyer.give_contact()
    page = buyer.client.submit(
        "/checkout?step=delivery",
        action="/checkout/delivery",
        button=f"use=delivery:{office.id}",
        note="Ring twice",
        delivery_postcode="wrong",
    )
    shown = buyer.client.get(page.location).text
    assert value(shown, "delivery_street") == "9 Mill Street"
    assert value(shown, "note") == "Ring twice"


def test_a_saved_address_by_htmx_fills_the_region(caros_htmx: HtmxClient, caro: Customer, shelf: Shelf) -> None:
    buyer = Buyer(caros_htmx)
    buyer.fill_cart(shelf.tote)
    home = add(caro, HOME)
    buyer.give_contact()
    page = ShopClient.get(caros_htmx, "/checkout?step=delivery", headers={"HX-History-Restore-Request": "true"})
    answer = caros_htmx.submit(page, action="/checkout/delivery", button=f"use=billing:{home.id}")
    assert answer.status_code == 200
    assert value(answer.text, "billing_street") == "5 Heron Lane"


@pytest.mark.parametrize("wanted", ["delivery:{}", "billing:{}", "delivery:999999", "delivery:", "delivery:x", "x:{}"])
def test_a_strangers_address_is_not_there(buyer: Buyer, dan: Customer, ada: Buyer, shelf: Shelf, wanted: str) -> None:
    address = add(dan, HOME)
    ada.fill_cart(shelf.kale)
    for one in (buyer, ada):
        one.give_contact()
        answer = one.client.post("/checkout/delivery", data={"use": wanted.format(address.id)})
        assert answer.status_code == 404


def test_an_address_is_kept_in_the_account_when_ticked_and_only_once(buyer: Buyer, caro: Customer) -> None:
    buyer.give_contact()
    for _ in range(2):
        buyer.give_delivery(keep_address="y")
    assert [(one.street, one.city) for one in addresses_of(caro)] == [("12 Analytical Way", "Los Angeles")]


def test_no_address_is_kept_without_the_tick_or_for_a_guest(buyer: Buyer, ada: Buyer, shelf: Shelf) -> None:
    buyer.give_contact()
    buyer.give_delivery()
    ada.fill_cart(shelf.kale)
    ada.give_contact()
    assert "keep_address" not in ada.client.get("/checkout?step=delivery").text
    assert not Address.select().exists()


def test_signing_in_and_out_leaves_the_browsers_cart_as_it_is(
    app: Flask, client: ShopClient, caro: Customer, dan: Customer, shelf: Shelf
) -> None:
    """Nobody's cart is found in an account, so none can be merged or stolen: it is the browser's."""
    Buyer(client).fill_cart(shelf.tote, 2)
    other = ShopClient(app, use_cookies=True)
    Buyer(as_customer(other, caro)).fill_cart(shelf.kale, 3)
    cookie = client.get_cookie("cart")
    assert cookie
    for customer in (caro, dan):
        as_customer(client, customer)
        assert [(line.variant_id, line.quantity) for line in _lines(cookie.value)] == [(shelf.tote, 2)]
        assert "Alder Tote" in client.get("/cart").text
        assert "Curly Kale" not in client.get("/cart").text
        answer = client.submit("/account", action="/sign-out")
        assert answer.location == "/signed-out"
    assert client.get_cookie("cart").value == cookie.value  # type: ignore[union-attr]
    assert Cart.select().count() == 2


def test_signing_out_offers_to_forget_the_cart(buyer: Buyer) -> None:
    answer = buyer.client.submit("/account", action="/sign-out")
    page = buyer.client.get(answer.location)
    assert "The cart stays in this browser, with 1 thing in it" in page.text
    buyer.client.submit(page, action="/cart/forget")
    assert not Cart.select().exists()
    assert buyer.client.get_cookie("cart") is None


def _lines(token: str) -> list[CartLine]:
    cart = cart_of(token)
    assert cart
    return list(cart.lines)


@pytest.mark.parametrize("next_one", ["dan", "nobody"])
def test_what_a_customer_typed_is_not_shown_to_the_next_at_this_browser(
    buyer: Buyer, dan: Customer, next_one: str
) -> None:
    buyer.give_contact(email="caro@work.example")
    buyer.give_delivery()
    client = buyer.client
    client.submit("/account", action="/sign-out")
    if next_one == "dan":
        as_customer(client, dan)
    for step in ("contact", "delivery", "payment"):
        page = client.get(f"/checkout?step={step}").text
        assert "caro@work.example" not in page
        assert "Analytical" not in page
    buyer.give_contact(email="next@example.com")
    assert CheckoutDraft.select().count() == 1
    assert CheckoutDraft.get().delivery_street is None


def test_a_guest_who_signs_in_keeps_what_they_typed(app: Flask, ada: Buyer, caro: Customer, shelf: Shelf) -> None:
    ada.reach_payment(shelf.tote)
    as_customer(ada.client, caro)
    assert "Analytical" in ada.payment_page()
    assert order_of(ada.pay()).customer_id == caro.id


def test_the_checkout_asks_no_more_of_the_database_for_a_guest(ada: Buyer, shelf: Shelf) -> None:
    """As many queries as there were before anybody could have an account."""
    ada.reach_payment(shelf.tote)
    counted = {}
    for step in ("contact", "delivery", "payment"):
        ada.client.get(f"/checkout?step={step}")
        with count_queries() as sent:
            ada.client.get(f"/checkout?step={step}")
        counted[step] = len(sent)
        assert not any(table in sql for sql in sent for table in ('"customer"', '"address"', '"stored_card"'))
    assert counted == {"contact": 10, "delivery": 12, "payment": 11}


def test_an_order_placed_while_signed_in_leaves_no_key_in_the_browser(buyer: Buyer) -> None:
    buyer.give_contact()
    buyer.give_delivery()
    answer = buyer.pay()
    assert answer.location == f"/orders/{Order.get().number}"
