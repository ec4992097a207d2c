"""The cart's cookie: random, nothing personal, refused or deleted without harm."""

from __future__ import annotations

import base64
import re
import zlib
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from shop import clock, cookies
from shop.cart import services
from shop.cart.cookie import hash_of
from shop.cart.models import Cart, CartLine
from shop.checkout.models import CheckoutDraft
from shop.vault import Source, destroyed_at, new_subject
from tests.support.client import ShopClient

from .conftest import Shelf

pytestmark = pytest.mark.once

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def add(client: ShopClient, variant_id: int) -> str:
    answer = client.post("/cart/lines", data={"variant_id": variant_id, "quantity": "1"})
    assert answer.status_code == 303
    return str(answer.headers["Set-Cookie"])


def token_of(client: ShopClient) -> str:
    cookie = client.get_cookie("cart")
    assert cookie is not None
    return cookie.value


@pytest.mark.promise("P30")
def test_the_cookie_is_a_random_token_and_the_database_knows_its_hash_alone(client: ShopClient, shelf: Shelf) -> None:
    set_cookie = add(client, shelf.tote)
    token = token_of(client)
    assert TOKEN.fullmatch(token)
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(set_cookie.split("; "))
    assert "Domain" not in set_cookie
    assert bytes(Cart.get().token_hash) == hash_of(token)
    assert token.encode() not in bytes(Cart.get().token_hash)


@pytest.mark.promise("P30")
def test_no_two_carts_get_the_same_token(app: Flask, shelf: Shelf) -> None:
    tokens = set()
    for _ in range(20):
        visitor = ShopClient(app, use_cookies=True)
        add(visitor, shelf.tote)
        tokens.add(token_of(visitor))
    assert len(tokens) == 20


@pytest.mark.promise("P30", "P31")
def test_nothing_typed_is_in_any_cookie_even_decoded(client: ShopClient, shelf: Shelf) -> None:
    add(client, shelf.tote)
    client.post("/cart/discount", data={"code": "planted@example.com"})
    client.get("/search?q=planted@example.com")
    for value in [cookie.value for cookie in client._cookies.values()]:
        assert b"planted" not in b"".join(decodings(value))


def decodings(value: str) -> list[bytes]:
    found = [value.encode()]
    for part in re.split(r"[.\s]", value):
        padded = part + "=" * (-len(part) % 4)
        try:
            raw = base64.urlsafe_b64decode(padded)
        except ValueError:
            continue
        found.append(raw)
        try:
            found.append(zlib.decompress(raw))
        except zlib.error:
            continue
    return found


@pytest.mark.promise("P31")
def test_every_cookie_that_the_cart_sets_is_in_the_register(client: ShopClient, shelf: Shelf) -> None:
    add(client, shelf.tote)
    client.get("/cart")
    client.post("/cart/discount", data={"code": "WELCOME10"})
    registered = {cookie.full_name for cookie in cookies.REGISTER}
    assert {cookie.key for cookie in client._cookies.values()} <= registered
    assert all(cookie.purpose and cookie.lifetime and cookie.set_by for cookie in cookies.REGISTER)


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "../../etc/passwd", "a" * 4000, "é" * 43])
def test_a_cookie_that_the_shop_never_made_is_no_cart_and_is_not_adopted(
    client: ShopClient, shelf: Shelf, token: str
) -> None:
    client.set_cookie("cart", token)
    assert "Your cart is empty" in client.get("/cart").text
    add(client, shelf.tote)
    assert token_of(client) != token


@pytest.mark.promise("P32")
def test_a_browser_that_refuses_cookies_is_told_so_instead_of_an_empty_cart(app: Flask, shelf: Shelf) -> None:
    refusing = ShopClient(app, use_cookies=False)
    answer = refusing.post("/cart/lines", data={"variant_id": shelf.tote, "quantity": "1"}, follow_redirects=True)
    assert answer.status_code == 200
    assert "You must have your cookies turned on" in answer.text
    assert "Your cart is empty" not in answer.text
    assert "Back to Alder Tote" in answer.text


@pytest.mark.promise("P32")
def test_an_empty_cart_says_that_it_needs_a_cookie(app: Flask) -> None:
    assert "The cart needs one cookie" in ShopClient(app, use_cookies=False).get("/cart").text


@pytest.mark.promise("P33")
def test_forgetting_the_cart_deletes_its_rows_and_its_cookie(client: ShopClient, shelf: Shelf) -> None:
    add(client, shelf.tote)
    answer = client.submit("/cart", action="/cart/forget")
    assert answer.status_code == 303
    assert client.get_cookie("cart") is None
    assert (Cart.select().count(), CartLine.select().count()) == (0, 0)
    assert "Your cart is forgotten" in client.get(answer.location).text


def draft_for(cart: Cart) -> CheckoutDraft:
    return CheckoutDraft.create(
        subject=new_subject("cart"), source=Source.SELF, cart=cart.id, idem="one", email="alice@example.com"
    )


@pytest.mark.promise("P33")
def test_forgetting_the_cart_makes_what_was_typed_at_the_checkout_unreadable(client: ShopClient, shelf: Shelf) -> None:
    add(client, shelf.tote)
    draft = draft_for(Cart.get())
    assert draft.email == "alice@example.com"
    client.submit("/cart", action="/cart/forget")
    assert CheckoutDraft.select().count() == 0
    assert destroyed_at(draft.subject) is not None


@pytest.mark.promise("P33")
def test_purging_an_old_cart_destroys_the_key_of_its_checkout_too(client: ShopClient, shelf: Shelf) -> None:
    add(client, shelf.tote)
    draft = draft_for(Cart.get())
    clock.travel(timedelta(days=31))
    assert services.purge_old_carts() == 1
    assert destroyed_at(draft.subject) is not None


@pytest.mark.promise("P33")
def test_deleting_the_cookie_harms_the_cart_alone(client: ShopClient, shelf: Shelf) -> None:
    add(client, shelf.tote)
    client.delete_cookie("cart")
    assert "Your cart is empty" in client.get("/cart").text
    add(client, shelf.kale)
    assert "Curly Kale" in client.get("/cart").text


@pytest.mark.promise("P33")
def test_old_carts_and_lines_removed_for_good_are_purged(client: ShopClient, app: Flask, shelf: Shelf) -> None:
    add(client, shelf.tote)
    clock.travel(timedelta(days=20))
    other = ShopClient(app, use_cookies=True)
    add(other, shelf.kale)
    other.post(f"/cart/lines/{CartLine.get(CartLine.variant == shelf.kale).id}/remove")
    clock.travel(timedelta(days=31))
    assert services.purge_old_carts() == 2
    assert (Cart.select().count(), CartLine.select().count()) == (1, 0)
    assert services.purge_old_carts() == 0


@pytest.mark.promise("P33")
def test_the_cart_ends_with_its_order(client: ShopClient, shelf: Shelf) -> None:
    add(client, shelf.tote)
    services.end_cart(cart_id=Cart.get().id)
    assert "Your cart is empty" in client.get("/cart").text


class TestOverHttps:
    @pytest.fixture
    def settings_overrides(self) -> dict[str, Any]:
        return {"shop_url": "https://shop.example"}

    @pytest.mark.promise("P30")
    def test_the_cookie_is_tied_to_this_host_alone(self, app: Flask, shelf: Shelf) -> None:
        client = ShopClient(app, use_cookies=True)
        answer = client.post(
            "/cart/lines", data={"variant_id": shelf.tote, "quantity": "1"}, base_url="https://shop.example"
        )
        set_cookie = answer.headers["Set-Cookie"]
        assert set_cookie.startswith("__Host-cart=")
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(set_cookie.split("; "))
        page = client.get("/cart", base_url="https://shop.example")
        assert "Alder Tote" in page.text
