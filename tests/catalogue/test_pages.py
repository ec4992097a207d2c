"""The catalogue's pages, as a plain browser and as htmx."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from shop.catalogue import services
from shop.catalogue.models import Collection, Product, ProductState, Section, Variant
from tests.support.client import HtmxClient, ShopClient

from .conftest import Goods


@pytest.mark.promise("P63")
def test_the_shop_is_browsed_by_section_and_by_collection(client: ShopClient, goods: Goods) -> None:
    goods.add("Alder Backpack", inside=("backpacks",))
    goods.add("Harrow Satchel", inside=("satchels",))
    goods.add("Curly Kale", inside=("leaves",))
    home = client.get("/")
    assert 'href="/s/bags/"' in home.text and 'href="/s/produce/"' in home.text
    section = client.get("/s/bags/")
    assert "Alder Backpack" in section.text and "Harrow Satchel" in section.text
    assert "Curly Kale" not in section.text
    assert 'href="/s/bags/satchels/"' in section.text
    collection = client.get("/s/bags/satchels/")
    assert "Harrow Satchel" in collection.text
    assert "Alder Backpack" not in collection.text
    assert 'href="/s/bags/"' in collection.text


@pytest.mark.parametrize(
    "path", ["/s/none/", "/s/bags/none/", "/s/produce/satchels/", "/p/none", "/p/a%00b", "/p/%F0%9F"]
)
def test_what_is_not_there_is_not_found(client: ShopClient, goods: Goods, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_product_page_says_what_each_variant_costs_and_how_many_are_left(client: ShopClient, bag: Product) -> None:
    page = client.get("/p/alder-backpack")
    assert "Alder &amp; Daughter" in page.text
    assert "$90.00" in page.text and "$120.00" in page.text
    assert "3 left" in page.text and "Sold out" in page.text and "In stock" in page.text
    assert "<strong>big</strong>" in page.text and "<li>Brush it</li>" in page.text


def test_a_variant_asked_for_is_the_one_chosen(client: ShopClient, bag: Product) -> None:
    teal = Variant.get(Variant.option1 == "Teal")
    assert f'value="{teal.id}" checked' in client.get(f"/p/alder-backpack?v={teal.id}").text
    first_there = Variant.get(Variant.option1 == "Moss", Variant.option2 == "Small")
    for asked in ("", "?v=0", "?v=none", f"?v={10**30}"):
        assert f'value="{first_there.id}" checked' in client.get(f"/p/alder-backpack{asked}").text


def test_the_form_names_the_variant_and_the_quantity_and_works_plainly(client: ShopClient, bag: Product) -> None:
    answer = client.submit("/p/alder-backpack", action="/cart/lines", quantity="2")
    assert answer.status_code == 303


def test_adding_by_htmx_changes_the_badge_in_the_same_answer(htmx: HtmxClient, bag: Product) -> None:
    variant = Variant.get(Variant.option1 == "Teal")
    answer = htmx.post("/cart/lines", data={"variant_id": variant.id, "quantity": "2"})
    assert answer.status_code == 200
    assert 'id="cart-badge"' in answer.text


def test_a_product_with_nothing_left_says_so_in_lists_and_on_its_page(client: ShopClient, goods: Goods) -> None:
    goods.add("Late Peaches", {"on_hand": 0}, inside=("leaves",))
    assert "Sold out" in client.get("/s/produce/").text
    assert "Sold out" in client.get("/p/late-peaches").text


def test_what_is_sold_by_weight_has_its_price_per_kilogram(client: ShopClient, goods: Goods) -> None:
    goods.add(
        "Curly Kale",
        {"option1": "250 g", "price_cents": 260, "measure_amount": 250},
        {"option1": "1 kg", "price_cents": 840, "measure_amount": 1000},
        inside=("leaves",),
        measure="kg",
        option1_name="Weight",
    )
    assert "$10.40 / kg" in client.get("/s/produce/").text
    page = client.get("/p/curly-kale").text
    assert "$10.40 / kg" in page
    assert "$8.40 / kg" not in page


def test_lists_name_the_lowest_of_several_prices_and_what_it_was(client: ShopClient, bag: Product) -> None:
    text = " ".join(client.get("/s/bags/").text.split())
    assert '<span class="price__from">from </span>' in text
    assert "$90.00" in text and "$120.00</s>" in text


def test_a_draft_is_not_found_and_nowhere_listed(client: ShopClient, goods: Goods) -> None:
    goods.add("Spring Tote", state=ProductState.DRAFT, published_at=None)
    assert client.get("/p/spring-tote").status_code == 404
    for path in ("/", "/s/bags/", "/s/bags/backpacks/", "/search?q=spring", "/sitemap.xml", "/feed.xml"):
        assert "spring-tote" not in client.get(path).text


def test_an_archived_product_is_gone_and_leads_to_its_collection(client: ShopClient, goods: Goods) -> None:
    goods.add("First Fern", state=ProductState.ARCHIVED)
    page = client.get("/p/first-fern")
    assert page.status_code == 410
    assert 'href="/s/bags/backpacks/"' in page.text
    assert "first-fern" not in client.get("/s/bags/").text


def test_an_archived_variant_is_not_offered(client: ShopClient, bag: Product) -> None:
    with services.changing():
        Variant.update(is_archived=True).where(Variant.option1 == "Teal").execute()
        services.product_changed(bag.id)
    assert "Teal" not in client.get("/p/alder-backpack").text


def test_a_list_answers_htmx_with_its_results_alone(htmx: HtmxClient, bag: Product) -> None:
    answer = htmx.get("/s/bags/?sort=price")
    assert answer.text.lstrip().startswith('<form id="catalogue-results"')
    assert "HX-Request" in answer.headers["Vary"]


@pytest.mark.parametrize("path", ["/", "/s/bags/", "/s/bags/backpacks/", "/p/alder-backpack", "/search?q=alder"])
def test_pages_carry_nothing_of_the_visitor(client: ShopClient, bag: Product, path: str) -> None:
    page = client.get(path)
    assert "Set-Cookie" not in page.headers
    assert "csrf_token" not in page.text
    assert page.headers["Cache-Control"] == "private, no-cache"
    assert "Cookie" in page.headers["Vary"]


def test_hostile_text_is_text_everywhere(client: ShopClient, goods: Goods) -> None:
    evil = "</script><img src=x onerror=alert(1)>\"'&"
    goods.add(
        evil,
        {"option1": evil, "sku": evil},
        {"option1": "b", "sku": "b"},
        slug="evil",
        maker=evil,
        summary=evil,
        description=f"{evil}\n\n[a](javascript:alert(1)) <b onclick=x>b</b>",
        care=evil,
        origin=evil,
        option1_name=evil,
    )
    Collection.update(name=evil, intro=evil, story=f"# {evil}\n{evil}").where(Collection.slug == "backpacks").execute()
    services.bump_version()
    for path in (
        "/",
        "/s/bags/",
        "/s/bags/backpacks/",
        "/p/evil",
        f"/search?q={evil}",
        f"/s/bags/?option={evil}:{evil}",
    ):
        text = client.get(path).text
        assert "<img src=x" not in text, path
        assert 'href="javascript:' not in text
        assert "</script><img" not in text


def test_a_story_is_told_on_the_home_page(client: ShopClient, goods: Goods) -> None:
    story = "# Bags for the week\n\nWe are *small*."
    Collection.update(story=story).where(Collection.slug == "backpacks").execute()
    services.bump_version()
    page = client.get("/").text
    assert ">Bags for the week</h1>" in page
    assert "<em>small</em>" in page


def test_the_head_shows_the_sections_on_every_page(client: ShopClient, goods: Goods) -> None:
    assert 'href="/s/produce/"' in client.get("/cart").text
    Section.update(name="Greens").where(Section.slug == "produce").execute()
    services.bump_version()
    assert "Greens" in client.get("/cart").text


def test_an_empty_shop_has_a_home_page_and_a_search(app: Flask, client: ShopClient) -> None:
    assert client.get("/").status_code == 200
    assert "Nothing here just now" in client.get("/search").text


def test_options_stand_in_the_owners_order(client: ShopClient, goods: Goods) -> None:
    pairs = [(colour, size) for colour in ("Teal", "Moss") for size in ("Small", "Medium", "Large")]
    for name in ("Coat", "Cap"):
        variants = [{"option1": colour, "option2": size} for colour, size in pairs]
        goods.add(name, *variants, option1_name="Colour", option2_name="Size")
    page = client.get("/p/coat").text
    assert re.findall(r'chips__legend">(.*?)<', page) == ["Teal", "Moss"]
    assert re.findall(r'chip__label">(.*?)<', page) == ["Small", "Medium", "Large"] * 2
    facet = client.get("/s/bags/").text
    assert facet.index('"Size:Small"') < facet.index('"Size:Medium"') < facet.index('"Size:Large"')
