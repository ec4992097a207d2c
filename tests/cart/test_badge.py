"""The badge and the cart's page cost a fixed number of queries, whatever is in the cart."""

from __future__ import annotations

import pytest
from flask import Flask

from shop.cart.queries import items_in_cart
from tests.support.client import ShopClient
from tests.support.queries import count_queries

from .conftest import Shelf, variant

pytestmark = pytest.mark.once


def test_the_badge_asks_nothing_of_the_database_without_a_cookie(app: Flask) -> None:
    with count_queries() as sent:
        assert items_in_cart(None) == 0
    assert sent == []


def test_the_badge_counts_pieces_in_one_query(client: ShopClient, shelf: Shelf) -> None:
    client.post("/cart/lines", data={"variant_id": shelf.tote, "quantity": "2"})
    client.post("/cart/lines", data={"variant_id": shelf.kale, "quantity": "3"})
    cookie = client.get_cookie("cart")
    assert cookie is not None
    with count_queries() as sent:
        assert items_in_cart(cookie.value) == 5
    assert len(sent) == 1


def test_the_carts_page_costs_the_same_for_one_line_and_for_thirty(client: ShopClient, shelf: Shelf) -> None:
    client.post("/cart/lines", data={"variant_id": shelf.tote, "quantity": "1"})
    client.get("/cart")
    with count_queries() as one:
        client.get("/cart")
    for number in range(30):
        made = variant(f"Thing {number}", 500, 9)
        client.post("/cart/lines", data={"variant_id": made, "quantity": "1"})
    with count_queries() as many:
        client.get("/cart")
    assert len(one) == len(many) <= 8
