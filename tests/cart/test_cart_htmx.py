"""The same changes by htmx: the regions that changed, the badge and the words, in one answer."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from shop.cart.models import Cart, CartLine
from tests.support.client import HtmxClient
from tests.support.pages import parsed, text_of

from .conftest import Shelf

pytestmark = pytest.mark.once


def partials(answer: TestResponse) -> dict[str, Element]:
    tree, _ = parsed(answer.text, fragment=True)
    return {str(found.get("hx-target")): found for found in tree.iter("hx-partial")}


def badge(answer: TestResponse) -> str:
    return text_of(partials(answer)["#cart-badge"])


def said(answer: TestResponse) -> str:
    return text_of(partials(answer)["#status"])


def add(htmx: HtmxClient, variant_id: int, quantity: object = 1) -> TestResponse:
    return htmx.post("/cart/lines", data={"variant_id": variant_id, "quantity": quantity})


def line_of(variant_id: int) -> int:
    return int(CartLine.get(CartLine.variant == variant_id).id)


def test_adding_answers_with_the_badge_and_a_way_to_the_cart(htmx: HtmxClient, shelf: Shelf) -> None:
    answer = add(htmx, shelf.tote, 2)
    assert answer.status_code == 200
    assert badge(answer) == "2 items"
    assert said(answer) == "In your cart: Alder Tote × 2. See your cart"
    assert "HX-Request" in answer.headers["Vary"]
    assert badge(add(htmx, shelf.kale)) == "3 items"


def test_a_refused_add_says_why_and_leaves_badge_and_form_alone(htmx: HtmxClient, shelf: Shelf) -> None:
    answer = add(htmx, shelf.last, 3)
    assert answer.status_code == 422
    assert partials(answer).keys() == {"#status"}
    assert "Only 2 are left." in said(answer)
    assert partials(answer)["#status"].find(".//*[@autofocus]") is not None
    assert Cart.select().count() == 0


def test_changing_a_quantity_brings_cart_badge_and_words(htmx: HtmxClient, shelf: Shelf) -> None:
    add(htmx, shelf.tote)
    answer = htmx.post(f"/cart/lines/{line_of(shelf.tote)}", data={"quantity": "3"})
    assert answer.status_code == 200
    assert 'id="cart-contents"' in answer.text
    assert "$144.00" in answer.text
    assert (badge(answer), said(answer)) == ("3 items", "Quantity changed.")


def test_a_wrong_quantity_stays_in_its_field_and_the_badge_as_it_was(htmx: HtmxClient, shelf: Shelf) -> None:
    add(htmx, shelf.tote, 2)
    answer = htmx.post(f"/cart/lines/{line_of(shelf.tote)}", data={"quantity": "two"})
    assert answer.status_code == 422
    assert 'value="two"' in answer.text
    assert "Use a whole number in digits" in answer.text
    assert badge(answer) == "2 items"


def test_removing_and_putting_back_bring_the_badge_along(htmx: HtmxClient, shelf: Shelf) -> None:
    add(htmx, shelf.tote, 2)
    removed = htmx.post(f"/cart/lines/{line_of(shelf.tote)}/remove")
    assert badge(removed) == ""
    assert "Your cart is empty" in removed.text
    assert "Removed: Alder Tote, Moss × 2" in removed.text
    back = htmx.post(f"/cart/lines/{line_of(shelf.tote)}/restore")
    assert (badge(back), said(back)) == ("2 items", "Put back into your cart.")


def test_a_discount_code_brings_the_new_total(htmx: HtmxClient, shelf: Shelf) -> None:
    add(htmx, shelf.tote)
    answer = htmx.post("/cart/discount", data={"code": "welcome10"})
    assert answer.status_code == 200
    assert "−$4.80" in answer.text
    assert "$43.20" in answer.text
    without = htmx.post("/cart/discount", data={"code": ""})
    assert "−$4.80" not in without.text


def test_a_refused_code_stays_in_its_field(htmx: HtmxClient, shelf: Shelf) -> None:
    add(htmx, shelf.tote)
    answer = htmx.post("/cart/discount", data={"code": "nonesuch"})
    assert answer.status_code == 422
    assert 'value="nonesuch"' in answer.text
    assert "There is no discount code NONESUCH" in answer.text


def test_forgetting_empties_the_page_and_the_badge(htmx: HtmxClient, shelf: Shelf) -> None:
    add(htmx, shelf.tote)
    answer = htmx.post("/cart/forget")
    assert "Your cart is empty" in answer.text
    assert badge(answer) == ""
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert Cart.select().count() == 0


@pytest.mark.promise("P32")
def test_after_the_first_add_htmx_asks_whether_the_cookie_was_kept(app: Flask, shelf: Shelf) -> None:
    refusing = HtmxClient(app, use_cookies=False)
    assert 'hx-get="/cart/cookie-check"' in add(refusing, shelf.tote).text
    answer = refusing.get("/cart/cookie-check")
    assert "Your browser refused our cookie" in said(answer)
    assert badge(answer) == ""


@pytest.mark.promise("P32")
def test_a_browser_that_keeps_the_cookie_hears_nothing_of_it(htmx: HtmxClient, shelf: Shelf) -> None:
    add(htmx, shelf.tote)
    assert htmx.get("/cart/cookie-check").status_code == 204
    assert "cookie-check" not in add(htmx, shelf.tote).text
