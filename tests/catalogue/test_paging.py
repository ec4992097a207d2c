"""Keyset pages neither lose nor double a row, whatever happens between them."""

from __future__ import annotations

import base64
import json
import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask

from shop import clock
from shop.catalogue.models import Product
from shop.paging import Key, page_of
from tests.support.client import ShopClient

from .conftest import Goods

BY_TIME = (Key(Product.published_at), Key(Product.id))
BY_PRICE = (Key(Product.price_from_cents, descending=False), Key(Product.id))
BY_NAME = (Key(Product.name, descending=False), Key(Product.id))


@pytest.fixture
def products(app: Flask) -> list[int]:
    """Eleven, several of them of the same price and the same moment."""
    now = clock.now()
    return [
        Product.create(
            name=f"Product {number % 4}",
            slug=f"p{number}",
            price_from_cents=number % 3,
            published_at=now + timedelta(seconds=number % 5),
        ).id
        for number in range(11)
    ]


def all_ids(keys: tuple[Key, ...], size: int = 3, between: object = None) -> list[int]:
    found, cursor = [], None
    while True:
        page = page_of(Product.select(Product.id), *keys, cursor=cursor, size=size)
        found += [row.id for row in page.rows]
        if callable(between):
            between(len(found))
        if page.next is None:
            return found
        cursor = page.next


@pytest.mark.parametrize("keys", [BY_TIME, BY_PRICE, BY_NAME])
@pytest.mark.parametrize("size", [1, 3, 11, 12])
def test_every_row_comes_once_and_in_order(products: list[int], keys: tuple[Key, ...], size: int) -> None:
    order = [key.column.desc() if key.descending else key.column.asc() for key in keys]
    assert all_ids(keys, size) == [row.id for row in Product.select(Product.id).order_by(*order)]


def test_rows_that_come_in_between_move_nothing(products: list[int]) -> None:
    def add_before_and_after(seen: int) -> None:
        for price in (-1, 1, 2):
            Product.create(name="late", slug=f"late-{seen}-{price}", price_from_cents=price)
        assert seen < 100

    found = all_ids(BY_PRICE, 3, between=lambda seen: add_before_and_after(seen) if seen < 10 else None)
    assert len(found) == len(set(found))
    assert set(products) <= set(found)


def test_rows_that_go_in_between_move_nothing(products: list[int]) -> None:
    first = page_of(Product.select(Product.id), *BY_TIME, cursor=None, size=4)
    Product.delete().where(Product.id == first.rows[-1].id).execute()
    second = page_of(Product.select(Product.id), *BY_TIME, cursor=first.next, size=20)
    assert {row.id for row in first.rows} | {row.id for row in second.rows} == set(products)


def test_one_can_go_back(products: list[int]) -> None:
    first = page_of(Product.select(Product.id), *BY_TIME, cursor=None, size=4)
    second = page_of(Product.select(Product.id), *BY_TIME, cursor=first.next, size=4)
    third = page_of(Product.select(Product.id), *BY_TIME, cursor=second.next, size=4)
    assert first.previous is None and third.next is None
    back = page_of(Product.select(Product.id), *BY_TIME, cursor=third.previous, size=4)
    assert back.rows == second.rows
    start = page_of(Product.select(Product.id), *BY_TIME, cursor=back.previous, size=4)
    assert start.rows == first.rows and start.previous is None and start.next == first.next


def test_rows_may_be_dicts(products: list[int]) -> None:
    page = page_of(Product.select(Product.id).dicts(), *BY_TIME, cursor=None, size=4)
    rest = page_of(Product.select(Product.id).dicts(), *BY_TIME, cursor=page.next, size=20)
    assert len({row["id"] for row in [*page.rows, *rest.rows]}) == 11


def cursor(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


BROKEN = [
    "x",
    "é",
    "=",
    "A" * 600,
    "[" * 400,
    cursor(),
    cursor("on"),
    cursor("on", 1, 2, 3),
    cursor("up", "2026-01-01T00:00:00+00:00", 1),
    cursor("on", "2026-01-01", 1),
    cursor("on", "never", 1),
    cursor("on", 5, 1),
    cursor("on", "2026-01-01T00:00:00+00:00", 2**70),
    cursor("on", "2026-01-01T00:00:00+00:00", "1"),
    cursor("on", "2026-01-01T00:00:00+00:00", True),
    cursor("on", "0001-01-01T00:00:00+00:00", 1),
    cursor("on", None, None),
    cursor("on", {}, []),
    base64.urlsafe_b64encode(b"{}").decode(),
    base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    base64.urlsafe_b64encode(b"NaN").decode(),
]


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_cursor_is_the_first_page(products: list[int], broken: str) -> None:
    first = page_of(Product.select(Product.id), *BY_TIME, cursor=None, size=4)
    assert page_of(Product.select(Product.id), *BY_TIME, cursor=broken, size=4) == first


def test_a_text_key_refuses_what_no_text_column_holds(products: list[int]) -> None:
    first = page_of(Product.select(Product.id), *BY_NAME, cursor=None, size=4)
    assert page_of(Product.select(Product.id), *BY_NAME, cursor=cursor("on", "a\0", 1), size=4) == first


def test_a_list_pages_through_all_its_products(client: ShopClient, goods: Goods) -> None:
    names = {f"Bag {number}" for number in range(50)}
    for name in sorted(names):
        goods.add(name)
    seen: list[str] = []
    url: str | None = "/s/bags/backpacks/?sort=price"
    while url:
        page = client.get(url).text
        seen += re.findall(r'product-card__link" href="[^"]+">([^<]+)<', page)
        link = re.search(r'rel="next" href="([^"]+)"', page)
        url = unescape(link[1]) if link else None
    assert len(seen) == 50 and set(seen) == names
