"""Changing a cart as a plain browser does: each form, what it says, and what it refuses."""

from __future__ import annotations

import pytest
from flask import Flask

from shop.cart.models import Cart, CartLine
from shop.catalogue.models import Product, ProductState, Variant
from shop.pricing.models import Discount
from tests.support.client import ShopClient

from .conftest import Shelf, variant

pytestmark = pytest.mark.once

WRONG_QUANTITIES = [
    "0",
    "-1",
    "1000000000",
    "9" * 5000,
    "two",
    "1.5",
    "١٢",
    "",
    " ",
    "1e3",
    "0x10",
    "+-1",
    "²",
    "2\x00",
]


def add(client: ShopClient, variant_id: int, quantity: object = 1) -> None:
    answer = client.post("/cart/lines", data={"variant_id": variant_id, "quantity": quantity})
    assert answer.status_code == 303


def in_cart() -> dict[int, int]:
    lines = CartLine.select().where(CartLine.removed_at.is_null())
    return {line.variant_id: line.quantity for line in lines}


def line_of(variant_id: int) -> int:
    return int(CartLine.get(CartLine.variant == variant_id).id)


def test_looking_at_an_empty_cart_makes_no_cart_and_no_cookie(client: ShopClient, app: Flask) -> None:
    answer = client.get("/cart")
    assert "Your cart is empty" in answer.text
    assert "Set-Cookie" not in answer.headers
    assert Cart.select().count() == 0


def test_adding_leads_to_the_cart_which_shows_it(client: ShopClient, shelf: Shelf) -> None:
    answer = client.post("/cart/lines", data={"variant_id": shelf.tote, "quantity": "2"})
    assert answer.status_code == 303
    page = client.get(answer.location)
    assert "Alder Tote" in page.text
    assert "$96.00" in page.text
    assert in_cart() == {shelf.tote: 2}


def test_adding_the_same_again_adds_up(client: ShopClient, shelf: Shelf) -> None:
    add(client, shelf.tote, 2)
    add(client, shelf.tote, 3)
    assert in_cart() == {shelf.tote: 5}


@pytest.mark.parametrize("quantity", WRONG_QUANTITIES)
def test_a_wrong_quantity_adds_nothing_and_is_kept_in_the_form(client: ShopClient, shelf: Shelf, quantity: str) -> None:
    answer = client.post("/cart/lines", data={"variant_id": shelf.tote, "quantity": quantity})
    assert answer.status_code == 422
    assert f'value="{quantity.replace(chr(0), "")[:40]}"' in answer.text
    assert "Nothing was added" in answer.text
    assert "Set-Cookie" not in answer.headers
    assert Cart.select().count() == 0


@pytest.mark.parametrize("name", ["archived", "draft"])
def test_what_is_not_sold_cannot_be_added_and_does_not_tell_its_name(
    client: ShopClient, shelf: Shelf, name: str
) -> None:
    answer = client.post("/cart/lines", data={"variant_id": getattr(shelf, name), "quantity": "1"})
    assert answer.status_code == 422
    assert "no longer sold" in answer.text
    assert "Secret Bag" not in answer.text
    assert in_cart() == {}


@pytest.mark.parametrize("variant_id", ["", "999999", "abc", "-1", "99999999999999999999", "1 OR 1=1"])
def test_a_variant_that_is_not_there_cannot_be_added(client: ShopClient, shelf: Shelf, variant_id: str) -> None:
    answer = client.post("/cart/lines", data={"variant_id": variant_id, "quantity": "1"})
    assert answer.status_code == 422
    assert in_cart() == {}


def test_adding_more_than_are_left_names_how_many_are_left(client: ShopClient, shelf: Shelf) -> None:
    answer = client.post("/cart/lines", data={"variant_id": shelf.last, "quantity": "3"})
    assert answer.status_code == 422
    assert "Only 2 are left" in answer.text
    add(client, shelf.last, 1)
    again = client.post("/cart/lines", data={"variant_id": shelf.last, "quantity": "2"})
    assert "Only 2 are left, and 1 of them in your cart already" in again.text
    assert in_cart() == {shelf.last: 1}


def test_pieces_held_for_a_payment_are_not_left(client: ShopClient, shelf: Shelf) -> None:
    Variant.update(held=1).where(Variant.id == shelf.last).execute()
    answer = client.post("/cart/lines", data={"variant_id": shelf.last, "quantity": "2"})
    assert "Only 1 is left" in answer.text


def test_the_quantity_of_a_line_can_be_changed(client: ShopClient, shelf: Shelf) -> None:
    add(client, shelf.tote)
    answer = client.submit("/cart", action=f"/cart/lines/{line_of(shelf.tote)}", quantity="3")
    assert answer.status_code == 303
    assert "Quantity changed" in client.get(answer.location).text
    assert in_cart() == {shelf.tote: 3}


@pytest.mark.parametrize(("button", "left"), [("step=less", 1), ("step=more", 3)])
def test_the_buttons_beside_the_quantity_make_it_one_less_or_more(
    client: ShopClient, shelf: Shelf, button: str, left: int
) -> None:
    add(client, shelf.tote, 2)
    client.submit("/cart", action=f"/cart/lines/{line_of(shelf.tote)}", button=button)
    assert in_cart() == {shelf.tote: left}


@pytest.mark.parametrize("quantity", WRONG_QUANTITIES)
def test_a_wrong_quantity_changes_nothing_and_stays_in_its_field(
    client: ShopClient, shelf: Shelf, quantity: str
) -> None:
    add(client, shelf.tote, 2)
    line = line_of(shelf.tote)
    answer = client.submit("/cart", action=f"/cart/lines/{line}", quantity=quantity)
    assert answer.status_code == 422
    assert f'value="{quantity.replace(chr(0), "")[:40]}"' in answer.text
    assert f'aria-describedby="quantity-{line}-error"' in answer.text
    assert "Nothing was changed" in answer.text
    assert in_cart() == {shelf.tote: 2}


def test_changing_to_more_than_are_left_names_how_many_are_left(client: ShopClient, shelf: Shelf) -> None:
    add(client, shelf.last)
    answer = client.submit("/cart", action=f"/cart/lines/{line_of(shelf.last)}", quantity="5")
    assert answer.status_code == 422
    assert "Only 2 are left" in answer.text
    assert in_cart() == {shelf.last: 1}


def test_a_removed_line_can_be_put_back(client: ShopClient, shelf: Shelf) -> None:
    add(client, shelf.tote, 2)
    add(client, shelf.kale)
    line = line_of(shelf.tote)
    answer = client.submit("/cart", action=f"/cart/lines/{line}/remove")
    assert answer.status_code == 303
    assert in_cart() == {shelf.kale: 1}
    back = client.submit(answer.location, action=f"/cart/lines/{line}/restore")
    assert back.status_code == 303
    assert in_cart() == {shelf.tote: 2, shelf.kale: 1}


def test_removing_twice_is_removing_once(client: ShopClient, shelf: Shelf) -> None:
    add(client, shelf.tote)
    for _ in range(2):
        assert client.post(f"/cart/lines/{line_of(shelf.tote)}/remove").status_code == 303
    assert in_cart() == {}


def test_a_line_removed_in_another_tab_is_not_changed_but_can_be_put_back(client: ShopClient, shelf: Shelf) -> None:
    add(client, shelf.tote, 2)
    line = line_of(shelf.tote)
    old_tab = client.get("/cart")
    client.post(f"/cart/lines/{line}/remove")
    answer = client.submit(old_tab, action=f"/cart/lines/{line}", quantity="3")
    assert answer.status_code == 422
    assert "taken out of the cart meanwhile" in answer.text
    client.submit(answer, action=f"/cart/lines/{line}/restore")
    assert in_cart() == {shelf.tote: 2}


def test_the_last_line_removed_can_be_put_back_from_the_empty_cart(client: ShopClient, shelf: Shelf) -> None:
    add(client, shelf.tote)
    answer = client.submit("/cart", action=f"/cart/lines/{line_of(shelf.tote)}/remove")
    page = client.get(answer.location)
    assert "Your cart is empty" in page.text
    client.submit(page, action=f"/cart/lines/{line_of(shelf.tote)}/restore")
    assert in_cart() == {shelf.tote: 1}


def test_what_sold_out_meanwhile_cannot_be_put_back(client: ShopClient, shelf: Shelf) -> None:
    add(client, shelf.last)
    line = line_of(shelf.last)
    client.post(f"/cart/lines/{line}/remove")
    Variant.update(on_hand=0).where(Variant.id == shelf.last).execute()
    answer = client.post(f"/cart/lines/{line}/restore")
    assert answer.status_code == 422
    assert "Clay Pouch is sold out" in answer.text
    assert in_cart() == {}


def test_adding_a_removed_thing_starts_from_nothing(client: ShopClient, shelf: Shelf) -> None:
    add(client, shelf.tote, 4)
    client.post(f"/cart/lines/{line_of(shelf.tote)}/remove")
    add(client, shelf.tote, 1)
    assert in_cart() == {shelf.tote: 1}


@pytest.mark.parametrize("action", ["", "/remove", "/restore"])
def test_another_carts_line_is_not_found(app: Flask, client: ShopClient, shelf: Shelf, action: str) -> None:
    add(client, shelf.tote, 2)
    stranger = ShopClient(app, use_cookies=True)
    add(stranger, shelf.kale)
    answer = stranger.post(f"/cart/lines/{line_of(shelf.tote)}{action}", data={"quantity": "1"})
    assert answer.status_code == 404
    wrong = stranger.post(f"/cart/lines/{line_of(shelf.tote)}{action}", data={"quantity": "two"})
    assert wrong.status_code == 404
    assert in_cart() == {shelf.tote: 2, shelf.kale: 1}


@pytest.mark.parametrize("line", ["0", "999999", "99999999999999999999"])
def test_an_unknown_line_is_not_found(client: ShopClient, shelf: Shelf, line: str) -> None:
    add(client, shelf.tote)
    for action in ("", "/remove", "/restore"):
        assert client.post(f"/cart/lines/{line}{action}", data={"quantity": "1"}).status_code == 404


def test_someone_without_a_cart_has_no_lines(client: ShopClient, shelf: Shelf) -> None:
    assert client.post("/cart/lines/1", data={"quantity": "1"}).status_code == 404
    assert client.post("/cart/discount", data={"code": "WELCOME10"}).status_code == 404


def test_every_change_raises_the_carts_version(client: ShopClient, shelf: Shelf) -> None:
    versions = []
    add(client, shelf.tote)
    line = line_of(shelf.tote)
    for path, form in [
        (f"/cart/lines/{line}", {"quantity": "2"}),
        (f"/cart/lines/{line}/remove", {}),
        (f"/cart/lines/{line}/restore", {}),
        ("/cart/discount", {"code": "WELCOME10"}),
    ]:
        versions.append(Cart.get().version)
        assert client.post(path, data=form).status_code == 303
    versions.append(Cart.get().version)
    assert versions == [2, 3, 4, 5, 6]


def test_a_refused_change_leaves_the_version_as_it_was(client: ShopClient, shelf: Shelf) -> None:
    add(client, shelf.last)
    before = Cart.get().version
    client.post(f"/cart/lines/{line_of(shelf.last)}", data={"quantity": "3"})
    assert Cart.get().version == before


def test_a_price_that_changed_is_said_and_counted(client: ShopClient, shelf: Shelf) -> None:
    add(client, shelf.tote)
    Variant.update(price_cents=5200).where(Variant.id == shelf.tote).execute()
    page = client.get("/cart").text
    assert "Was $48.00, now $52.00: the price changed since you added it" in page
    assert page.count("$52.00") >= 3
    client.submit("/cart", action=f"/cart/lines/{line_of(shelf.tote)}", quantity="2")
    assert "since you added it" not in client.get("/cart").text


def test_fewer_left_than_wanted_is_said_and_taken_with_one_button(client: ShopClient, shelf: Shelf) -> None:
    add(client, shelf.tote, 3)
    Variant.update(on_hand=2).where(Variant.id == shelf.tote).execute()
    page = client.get("/cart").text
    assert "Only 2 left: you have 3." in page
    assert 'href="/checkout"' not in page
    assert "$96.00" in page
    client.post(f"/cart/lines/{line_of(shelf.tote)}", data={"quantity": "2"})
    assert 'href="/checkout"' in client.get("/cart").text


def test_what_is_sold_out_or_no_longer_sold_is_said_and_not_counted(client: ShopClient, shelf: Shelf) -> None:
    for variant_id in (shelf.tote, shelf.kale, shelf.last):
        add(client, variant_id)
    Variant.update(on_hand=0).where(Variant.id == shelf.last).execute()
    Product.update(state=ProductState.ARCHIVED).where(Product.slug == "alder-tote").execute()
    page = client.get("/cart").text
    assert "Sold out." in page
    assert "No longer sold." in page
    assert 'href="/checkout"' not in page
    assert "$51.50" not in page
    for variant_id in (shelf.tote, shelf.last):
        client.post(f"/cart/lines/{line_of(variant_id)}/remove")
    assert 'href="/checkout"' in client.get("/cart").text


def test_a_cart_holds_at_most_999_of_one_thing(client: ShopClient, shelf: Shelf) -> None:
    Variant.update(on_hand=5000).where(Variant.id == shelf.kale).execute()
    add(client, shelf.kale, 998)
    answer = client.post("/cart/lines", data={"variant_id": shelf.kale, "quantity": "2"})
    assert answer.status_code == 422
    assert "At most 999" in answer.text
    assert in_cart() == {shelf.kale: 998}


def test_a_basket_dearer_than_an_order_can_be_is_refused(client: ShopClient, shelf: Shelf) -> None:
    Variant.update(price_cents=2**40).where(Variant.id == shelf.kale).execute()
    answer = client.post("/cart/lines", data={"variant_id": shelf.kale, "quantity": "1"})
    assert answer.status_code == 422
    assert "more than one order can come to" in answer.text
    assert in_cart() == {}


def test_a_basket_that_became_too_dear_says_so_and_has_no_checkout(client: ShopClient, shelf: Shelf) -> None:
    add(client, shelf.tote)
    client.post("/cart/discount", data={"code": "WELCOME10"})
    Variant.update(price_cents=2**40).where(Variant.id == shelf.tote).execute()
    for is_valid in (True, False):
        Discount.update(is_active=is_valid).execute()
        assert "more than one order can hold" in client.get("/cart").text
    assert client.get("/checkout").location == "/cart"
    answer = client.post("/cart/discount", data={"code": "WELCOME10"})
    assert answer.status_code == 422


def test_a_full_cart_takes_back_nothing_that_was_removed(client: ShopClient, shelf: Shelf) -> None:
    add(client, shelf.tote)
    line = line_of(shelf.tote)
    client.post(f"/cart/lines/{line}/remove")
    full = {"quantity": 1, "seen_price_cents": 1}
    rows = [{"cart": Cart.get().id, "variant": variant(f"Thing {at}", 1, 9), **full} for at in range(100)]
    CartLine.insert_many(rows).execute()
    for path in (f"/cart/lines/{line}/restore", "/cart/lines"):
        answer = client.post(path, data={"variant_id": shelf.tote, "quantity": "1"})
        assert (answer.status_code, "100 different things" in answer.text) == (422, True)
