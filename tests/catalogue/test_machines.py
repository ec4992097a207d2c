"""What programs read of the shop: structured data, previews, feed, sitemap, robots."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest

from shop.catalogue.models import Product, Variant
from tests.support.client import ShopClient

from .conftest import Goods

pytestmark = pytest.mark.once

G = "{http://base.google.com/ns/1.0}"
EVIL = "</script><!-- ]]> & \u2028 \ud7ff"
UNPRINTABLE = "\x01\x0b\ufffe"


def structured(page: str) -> list[dict[str, Any]]:
    return [json.loads(text) for text in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)]


def test_a_product_describes_itself(client: ShopClient, bag: Product) -> None:
    product, way = structured(client.get("/p/alder-backpack").text)
    assert product["@type"] == "Product"
    assert product["brand"]["name"] == "Alder & Daughter"
    offers = [
        (offer["price"], offer["priceCurrency"], offer["availability"].rpartition("/")[2])
        for offer in product["offers"]
    ]
    assert offers == [("90.00", "USD", "InStock"), ("120.00", "USD", "OutOfStock"), ("90.00", "USD", "InStock")]
    assert way["@type"] == "BreadcrumbList"
    assert [(step["position"], step["name"]) for step in way["itemListElement"]] == [
        (1, "Shop"),
        (2, "Bags"),
        (3, "Backpacks"),
        (4, "Alder Backpack"),
    ]
    assert way["itemListElement"][1]["item"] == "http://127.0.0.1:8000/s/bags/"


def test_text_cannot_break_out_of_the_structured_data(client: ShopClient, goods: Goods) -> None:
    goods.add(EVIL, slug="evil", summary=EVIL, maker=EVIL)
    product, way = structured(client.get("/p/evil").text)
    assert product["name"] == product["description"] == EVIL
    assert way["itemListElement"][-1]["name"] == EVIL


def test_a_page_has_one_canonical_address_and_a_preview(client: ShopClient, bag: Product) -> None:
    page = client.get(f"/p/alder-backpack?v={Variant.get().id}&utm_source=x").text
    assert re.findall(r'<link rel="canonical" href="([^"]+)"', page) == ["http://127.0.0.1:8000/p/alder-backpack"]
    assert '<meta property="og:title" content="Alder Backpack">' in page
    assert '<meta property="og:type" content="product">' in page
    assert '<meta name="description" content="Waxed canvas.">' in page


def test_search_pages_ask_not_to_be_indexed(client: ShopClient, bag: Product) -> None:
    assert '<meta name="robots" content="noindex">' in client.get("/search?q=alder").text
    assert "noindex" not in client.get("/s/bags/").text


def test_the_sitemap_lists_every_page_once(client: ShopClient, bag: Product) -> None:
    answer = client.get("/sitemap.xml")
    assert answer.mimetype == "application/xml"
    places = [
        each.text
        for each in ElementTree.fromstring(answer.data).iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")
    ]
    paths = [
        "/",
        "/s/bags/",
        "/s/produce/",
        "/s/bags/backpacks/",
        "/s/bags/satchels/",
        "/s/produce/leaves/",
        "/p/alder-backpack",
    ]
    assert places == [f"http://127.0.0.1:8000{path}" for path in paths]
    for path in paths:
        assert client.get(path).status_code == 200


def test_the_feed_offers_every_variant(client: ShopClient, bag: Product) -> None:
    answer = client.get("/feed.xml")
    assert answer.mimetype == "application/rss+xml"
    items = list(ElementTree.fromstring(answer.data).iter("item"))
    assert len(items) == 3
    said = {child.tag.removeprefix(G): child.text for child in items[0]}
    assert said["title"] == "Alder Backpack, Moss, Small"
    assert said["price"] == "120.00 USD" and said["sale_price"] == "90.00 USD"
    assert said["availability"] == "in_stock"
    assert said["color"] == "Moss" and said["size"] == "Small"
    assert said["item_group_id"] == "alder-backpack"
    assert said["product_type"] == "Bags > Backpacks"
    assert items[1].findtext(f"{G}availability") == "out_of_stock"


def test_the_feed_gives_the_measure_of_what_is_sold_by_it(client: ShopClient, goods: Goods) -> None:
    goods.add("Kale", {"measure_amount": 250, "weight_grams": 250}, measure="kg", inside=("leaves",))
    item = ElementTree.fromstring(client.get("/feed.xml").data).find(".//item")
    assert item is not None
    assert item.findtext(f"{G}unit_pricing_measure") == "250g"
    assert item.findtext(f"{G}unit_pricing_base_measure") == "1kg"
    assert item.findtext(f"{G}shipping_weight") == "250 g"


def test_hostile_text_leaves_feed_and_sitemap_well_formed(client: ShopClient, goods: Goods) -> None:
    goods.add(
        EVIL, {"option1": EVIL, "sku": EVIL}, slug="evil", summary=EVIL, maker=EVIL, description=EVIL + UNPRINTABLE
    )
    item = ElementTree.fromstring(client.get("/feed.xml").data).find(".//item")
    assert item is not None and (item.findtext("title") or "").startswith("</script><!-- ]]> &")
    ElementTree.fromstring(client.get("/sitemap.xml").data)


def test_more_products_than_are_read_at_once_are_all_there(client: ShopClient, goods: Goods, monkeypatch: Any) -> None:
    monkeypatch.setattr("shop.catalogue.feeds.AT_ONCE", 2)
    for number in range(5):
        goods.add(f"Bag {number}")
    assert client.get("/feed.xml").text.count("<item>") == 5
    assert client.get("/sitemap.xml").text.count("/p/bag-") == 5


def test_robots_are_kept_from_what_is_personal_and_shown_the_sitemap(client: ShopClient) -> None:
    text = client.get("/robots.txt").text
    for path in ("/cart", "/checkout", "/orders/", "/admin", "/search"):
        assert f"Disallow: {path}\n" in text
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in text
