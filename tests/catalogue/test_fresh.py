"""A page is sent again only when it would look different, and always when it would."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from shop import clock
from shop.catalogue import fresh, services, stock
from shop.catalogue.models import Product, ProductState, Variant
from tests.support.client import HtmxClient, ShopClient

from .conftest import Goods

pytestmark = pytest.mark.once

PAGES = ["/", "/s/bags/", "/s/bags/backpacks/", "/p/alder-backpack", "/search?q=alder"]


def again(client: ShopClient, page: TestResponse, path: str) -> TestResponse:
    return client.get(path, headers={"If-None-Match": page.headers["ETag"]})


@pytest.mark.parametrize("path", [*PAGES, "/sitemap.xml", "/feed.xml"])
def test_an_unchanged_page_is_not_sent_again(client: ShopClient, bag: Product, path: str) -> None:
    page = client.get(path)
    answer = again(client, page, path)
    assert answer.status_code == 304
    assert answer.data == b""
    assert answer.headers["ETag"] == page.headers["ETag"]
    assert answer.headers["Cache-Control"] == page.headers["Cache-Control"]


def rename(bag: Product) -> None:
    with services.changing():
        Product.update(name="Elder Backpack").where(Product.id == bag.id).execute()
        services.product_changed(bag.id)


def archive(bag: Product) -> None:
    with services.changing():
        Product.update(state=ProductState.ARCHIVED).where(Product.id == bag.id).execute()
        services.product_changed(bag.id)


def sell_the_last(bag: Product) -> None:
    variant = Variant.get(Variant.product == bag.id, Variant.option1 == "Moss", Variant.option2 == "Small")
    stock.hold_stock(variant_id=variant.id, quantity=3)


CHANGES: list[Callable[[Product], None]] = [rename, archive, sell_the_last]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("path", PAGES)
def test_every_change_sends_the_page_again(
    client: ShopClient, bag: Product, path: str, change: Callable[[Product], None]
) -> None:
    page = client.get(path)
    change(bag)
    assert again(client, page, path).status_code in {200, 410}


def test_stock_that_nobody_sees_changes_no_page(client: ShopClient, bag: Product) -> None:
    page = client.get("/p/alder-backpack")
    teal = Variant.get(Variant.option1 == "Teal")
    stock.hold_stock(variant_id=teal.id, quantity=3)
    assert again(client, page, "/p/alder-backpack").status_code == 304
    stock.hold_stock(variant_id=teal.id, quantity=33)
    assert "4 left" in again(client, page, "/p/alder-backpack").text


@pytest.mark.parametrize("path", PAGES)
def test_the_badge_sends_the_page_again(client: ShopClient, bag: Product, path: str) -> None:
    page = client.get(path)
    teal = Variant.get(Variant.option1 == "Teal")
    client.post("/cart/lines", data={"variant_id": teal.id, "quantity": "1"})
    answer = again(client, page, path)
    assert answer.status_code == 200
    assert again(client, answer, path).status_code == 304


def test_a_page_and_its_fragment_are_never_taken_for_each_other(
    client: ShopClient, htmx: HtmxClient, bag: Product
) -> None:
    page = client.get("/s/bags/")
    fragment = again(htmx, page, "/s/bags/")
    assert fragment.status_code == 200
    assert not fragment.text.lstrip().startswith("<!doctype")


def test_one_address_is_never_taken_for_another(client: ShopClient, bag: Product) -> None:
    page = client.get("/s/bags/?sort=price")
    assert again(client, page, "/s/bags/?sort=best").status_code == 200


def test_new_is_said_for_a_while_and_then_no_more(client: ShopClient, goods: Goods) -> None:
    goods.add("Day Bag")
    page = client.get("/s/bags/")
    assert ">New<" in page.text
    clock.travel(timedelta(days=20))
    later = again(client, page, "/s/bags/")
    assert later.status_code == 200
    assert ">New<" not in later.text


def test_what_is_not_there_is_asked_for_again_each_time(client: ShopClient, bag: Product) -> None:
    answer = client.get("/p/none")
    assert "ETag" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("change", [rename, archive])
@pytest.mark.parametrize("path", PAGES)
def test_what_is_kept_for_the_next_visitor_follows_every_change(
    client: ShopClient, bag: Product, path: str, change: Callable[[Product], None]
) -> None:
    before = client.get(path)
    assert client.get(path).data == before.data
    change(bag)
    assert client.get(path).data != before.data


def test_no_more_pages_are_kept_than_may_be(client: ShopClient, bag: Product) -> None:
    first = client.get("/search?q=0")
    for number in range(fresh.PAGES_KEPT_AT_MOST + 1):
        client.get(f"/search?q={number}", headers={"HX-Request": "true"})
    assert len(fresh._kept) == fresh.PAGES_KEPT_AT_MOST
    assert client.get("/search?q=0").text == first.text


def test_what_is_kept_follows_the_stock(client: ShopClient, bag: Product) -> None:
    assert "3 left" in client.get("/p/alder-backpack").text
    sell_the_last(bag)
    assert "3 left" not in client.get("/p/alder-backpack").text
