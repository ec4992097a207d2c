"""Filters, their counts, sorting, and the state of a list in its URL."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from werkzeug.datastructures import MultiDict

from shop.catalogue import listing
from shop.catalogue.filters import SORTS, Band, filters_in
from tests.support.client import HtmxClient, ShopClient

from .conftest import Goods

EVERYTHING = listing.Scope()


@pytest.fixture
def shelf(goods: Goods) -> Goods:
    goods.add(
        "Alder",
        {"option1": "Moss", "option2": "Small", "price_cents": 9000, "on_hand": 0},
        {"option1": "Teal", "option2": "Small", "price_cents": 9500},
        {"option1": "Teal", "option2": "Large", "price_cents": 9900},
        option1_name="Colour",
        option2_name="Size",
        sold_count=5,
    )
    goods.add(
        "Harrow",
        {"option1": "Large", "option2": "Moss", "price_cents": 18000},
        inside=("satchels",),
        option1_name="Size",
        option2_name="Colour",
        sold_count=9,
    )
    goods.add("Kale", {"price_cents": 260}, inside=("leaves",), sold_count=70)
    goods.add("Gone", {"price_cents": 2500, "on_hand": 0}, inside=("leaves",))
    return goods


def names(**parameters: str | list[str]) -> set[str]:
    filters = filters_in(MultiDict(parameters))
    page = listing.page(EVERYTHING, filters, sort="featured", cursor=None)
    assert listing.counts(EVERYTHING, filters).total == len(page.rows)
    return {card.name for card in page.rows}


def facets(**parameters: str | list[str]) -> dict[str, dict[str, int]]:
    counts = listing.counts(EVERYTHING, filters_in(MultiDict(parameters)))
    return {facet.name: {choice.label: choice.count for choice in facet.choices} for facet in counts.facets}


@pytest.mark.parametrize(
    ("parameters", "left"),
    [
        ({}, {"Alder", "Harrow", "Kale", "Gone"}),
        ({"collection": "satchels"}, {"Harrow"}),
        ({"collection": ["satchels", "leaves"]}, {"Harrow", "Kale", "Gone"}),
        ({"price": "0-10"}, {"Kale"}),
        ({"price": ["0-10", "100-"]}, {"Kale", "Harrow"}),
        ({"price": "25-50"}, {"Gone"}),
        ({"option": "Colour:Moss"}, {"Alder", "Harrow"}),
        ({"option": ["Colour:Moss", "Colour:Teal"]}, {"Alder", "Harrow"}),
        ({"option": ["Colour:Moss", "Size:Large"]}, {"Harrow"}),
        ({"option": "Colour:Moss", "stock": "1"}, {"Harrow"}),
        ({"stock": "1"}, {"Alder", "Harrow", "Kale"}),
        ({"stock": "1", "collection": "leaves"}, {"Kale"}),
        ({"option": "Colour:Plaid"}, set()),
        ({"collection": "none"}, set()),
    ],
)
def test_filters_leave_what_fits(shelf: Goods, parameters: dict[str, str], left: set[str]) -> None:
    assert names(**parameters) == left


@pytest.mark.parametrize(
    "parameters",
    [
        {"price": "cheap"},
        {"price": "-"},
        {"price": "9999999999-1"},
        {"price": "٣-٤"},
        {"option": "Colour"},
        {"option": ":Moss"},
        {"option": "Colour:"},
        {"stock": "yes"},
        {"sort": "x"},
        {"after": "x"},
        {"collection": ""},
        {"unknown": "1"},
    ],
)
def test_what_makes_no_sense_is_left_out(client: ShopClient, shelf: Goods, parameters: dict[str, str]) -> None:
    assert names(**parameters) == {"Alder", "Harrow", "Kale", "Gone"}
    name, value = next(iter(parameters.items()))
    assert "4 products" in client.get(f"/search?{name}={quote(value)}").text


def test_each_filter_says_how_many_it_would_leave(shelf: Goods) -> None:
    assert facets() == {
        "Collection": {"Backpacks": 1, "Satchels": 1, "Leaves": 2},
        "Price": {"Under $10.00": 1, "$25.00 to $50.00": 1, "$50.00 to $100.00": 1, "$100.00 and more": 1},
        "Colour": {"Moss": 2, "Teal": 1},
        "Size": {"Large": 2, "Small": 1},
    }


def test_a_filter_is_counted_without_its_own_choice_and_with_the_others(shelf: Goods) -> None:
    found = facets(option="Colour:Moss")
    assert found["Colour"] == {"Moss": 2, "Teal": 1}
    assert found["Size"] == {"Large": 1, "Small": 1}
    assert found["Collection"] == {"Backpacks": 1, "Satchels": 1}
    assert facets(collection="leaves")["Collection"] == {"Backpacks": 1, "Satchels": 1, "Leaves": 2}
    assert facets(stock="1")["Colour"] == {"Moss": 1, "Teal": 1}


def test_what_only_tells_one_products_variants_apart_is_no_filter(shelf: Goods) -> None:
    assert "Size" not in facets(option="Colour:Teal")


def test_a_choice_that_leaves_nothing_stays_in_the_form(shelf: Goods) -> None:
    found = facets(option=["Colour:Plaid", "Fit:Slim"], collection="none", price="25-50")
    assert found == {
        "Collection": {"none": 0},
        "Price": {"$25.00 to $50.00": 0},
        "Colour": {"Plaid": 0},
        "Fit": {"Slim": 0},
    }


def test_an_option_may_be_called_like_a_price_or_a_collection(client: ShopClient, shelf: Goods) -> None:
    page = client.get("/search?option=Price:low&option=Collection:none&price=25-50").text
    assert all(f'value="{chosen}"' in page for chosen in ("Price:low", "Collection:none", "25-50"))


@pytest.mark.parametrize(
    ("sort", "first"), [("price", "Kale"), ("price-down", "Harrow"), ("best", "Kale"), ("newest", "Gone"), ("", "Gone")]
)
def test_lists_are_sorted(shelf: Goods, sort: str, first: str) -> None:
    page = listing.page(EVERYTHING, filters_in(MultiDict()), sort=sort or "featured", cursor=None)
    assert page.rows[0].name == first


def test_what_is_chosen_stands_in_the_url_and_in_the_form(client: ShopClient, shelf: Goods) -> None:
    url = "/search?q=&collection=satchels&price=100-&option=Colour%3AMoss&stock=1&sort=price-down"
    page = client.get(url).text
    for value in ("satchels", "100-", "Colour:Moss", "1"):
        assert re.search(rf'value="{value}" checked', page), value
    assert 'value="price-down" selected' in page
    assert "1 product" in page


def test_a_chip_takes_one_filter_away_and_keeps_the_rest(client: ShopClient, shelf: Goods) -> None:
    page = client.get("/search?q=harrow&price=100-&option=Colour:Moss&sort=price").text
    links = [unescape(link) for link in re.findall(r'class="filter-chip" href="([^"]+)"', page)]
    left = [parse_qs(urlsplit(link).query) for link in links]
    assert left == [
        {"q": ["harrow"], "option": ["Colour:Moss"], "sort": ["price"]},
        {"q": ["harrow"], "price": ["100-"], "sort": ["price"]},
    ]


def test_a_list_in_which_nothing_fits_says_so_and_offers_the_way_back(client: ShopClient, shelf: Goods) -> None:
    page = client.get("/s/bags/?option=Colour:%3Cb%3E").text
    assert "Nothing fits all of that" in page
    assert 'href="/s/bags/"' in page


def test_the_canonical_url_knows_no_filters(client: ShopClient, shelf: Goods) -> None:
    page = client.get("/s/bags/?option=Colour:Moss&sort=price&after=abc").text
    assert '<link rel="canonical" href="http://127.0.0.1:8000/s/bags/">' in page


@pytest.mark.parametrize("sort", SORTS)
def test_htmx_and_a_plain_browser_get_the_same_products(
    client: ShopClient, htmx: HtmxClient, shelf: Goods, sort: str
) -> None:
    card = re.compile(r'class="product-card__link" href="([^"]+)"')
    url = f"/search?sort={sort}&stock=1"
    assert card.findall(client.get(url).text) == card.findall(htmx.get(url).text) != []


def test_price_bands_follow_the_currency() -> None:
    assert Band(25, 50).text == "25-50"
    assert Band(100, None).text == "100-"
