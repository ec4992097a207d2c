"""A discount code in the cart: typed, refused in words, tried too often, idle when the cart shrinks."""

from __future__ import annotations

import pytest
from flask import Flask

from shop.cart.models import Cart, CartLine
from shop.pricing.models import Discount, DiscountKind
from tests.support.client import ShopClient

from .conftest import Shelf

pytestmark = pytest.mark.once


@pytest.fixture
def client(app: Flask, shelf: Shelf) -> ShopClient:
    """A visitor with one tote, $48.00, in the cart."""
    visitor = ShopClient(app, use_cookies=True)
    visitor.post("/cart/lines", data={"variant_id": shelf.tote, "quantity": "1"})
    return visitor


@pytest.mark.parametrize("typed", ["WELCOME10", " welcome10 ", "Welcome 10"])
def test_a_code_is_taken_however_it_is_typed(client: ShopClient, typed: str) -> None:
    answer = client.submit("/cart", action="/cart/discount", code=typed)
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "10% off" in page
    assert "−$4.80" in page


def test_a_code_can_be_taken_out_again(client: ShopClient) -> None:
    client.submit("/cart", action="/cart/discount", code="WELCOME10")
    answer = client.submit("/cart", action="/cart/discount")
    assert "out of your cart" in client.get(answer.location).text
    assert Cart.get().discount_code == ""


@pytest.mark.parametrize(
    "typed", ["NONESUCH", "<script>alert(1)</script>", "x" * 5000, "' OR 1=1 --", "A\0B\x07\ud7ff\ufffe"]
)
def test_an_unknown_code_changes_nothing_and_stays_in_its_field(client: ShopClient, typed: str) -> None:
    answer = client.submit("/cart", action="/cart/discount", code=typed)
    assert answer.status_code == 422
    assert "There is no discount code" in answer.text
    assert 'aria-describedby="cart-code-error"' in answer.text
    assert "<script>alert" not in answer.text
    assert Cart.get().discount_code == ""


def test_a_code_below_its_minimum_says_how_much_is_missing(client: ShopClient) -> None:
    Discount.create(code="BIG", kind=DiscountKind.AMOUNT, value=1000, minimum_cents=10_000)
    answer = client.submit("/cart", action="/cart/discount", code="BIG")
    assert answer.status_code == 422
    assert "The code BIG is for orders of $100.00 or more: $52.00 to go." in answer.text


def test_a_code_that_stops_to_apply_is_said_and_not_counted(client: ShopClient, shelf: Shelf) -> None:
    client.post("/cart/lines", data={"variant_id": shelf.kale, "quantity": "1"})
    client.submit("/cart", action="/cart/discount", code="WELCOME10")
    client.post(f"/cart/lines/{CartLine.get(CartLine.variant == shelf.tote).id}/remove")
    page = client.get("/cart").text
    assert "The code WELCOME10 is for orders of $30.00 or more" in page
    assert "−$" not in page
    assert Cart.get().discount_code == "WELCOME10"


def test_guessing_codes_ends_with_words_and_the_rest_of_the_cart_works_on(client: ShopClient, shelf: Shelf) -> None:
    for number in range(10):
        assert client.post("/cart/discount", data={"code": f"GUESS{number}"}).status_code == 422
    answer = client.post("/cart/discount", data={"code": "WELCOME10"})
    assert answer.status_code == 429
    assert "Too many codes were tried" in answer.text
    assert int(answer.headers["Retry-After"]) > 0
    assert Cart.get().discount_code == ""
    added = client.post("/cart/lines", data={"variant_id": shelf.kale, "quantity": "1"})
    assert added.status_code == 303


def test_a_new_cart_is_no_way_around_the_limit_of_an_address(app: Flask, shelf: Shelf) -> None:
    from_outside = {"REMOTE_ADDR": "203.0.113.9"}
    statuses = []
    for _ in range(9):
        visitor = ShopClient(app, use_cookies=True)
        visitor.post("/cart/lines", data={"variant_id": shelf.tote, "quantity": "1"}, environ_overrides=from_outside)
        for _ in range(8):
            answer = visitor.post("/cart/discount", data={"code": "GUESS"}, environ_overrides=from_outside)
            statuses.append(answer.status_code)
    assert statuses.count(422) == 60
    assert statuses.count(429) == 12
