"""One walk through the demo shop for all the questions asked of every page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from shop.catalogue.models import Variant
from tests.support.client import ShopClient
from tests.support.crawl import Crawl
from tests.support.shops import DEMO, Shops, disconnect


@pytest.fixture(scope="module")
def shop(shops: Shops, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    yield shops.new(tmp_path_factory.mktemp("everywhere") / "shop", stock=DEMO)
    disconnect()


@pytest.fixture(scope="module")
def visitor(shop: Flask) -> ShopClient:
    return ShopClient(shop, use_cookies=True)


@pytest.fixture(scope="module")
def looked_around(shop: Flask, visitor: ShopClient) -> Crawl:
    """Every page a visitor reaches who puts nothing into the cart."""
    return Crawl(shop, visitor).go("/", "/sitemap.xml", "/robots.txt", "/feed.xml")


@pytest.fixture(scope="module")
def shopped(shop: Flask, looked_around: Crawl) -> Crawl:
    """The same with something in the cart, as far as the checkout."""
    client = ShopClient(shop, use_cookies=True)
    variant = Variant.get((Variant.on_hand > 2) & ~Variant.is_archived)
    added = client.post("/cart/lines", data={"variant_id": variant.id, "quantity": 2})
    found = Crawl(shop, client)
    found.cookies |= {header.partition("=")[0] for header in added.headers.getlist("Set-Cookie")}
    return found.go("/cart", "/checkout", stay_below="/c")
