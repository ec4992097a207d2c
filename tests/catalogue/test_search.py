"""Search: words, spelling, and whatever else people type."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from shop.catalogue import listing, services
from shop.catalogue.filters import Filters
from shop.catalogue.models import Product, ProductState, Variant
from shop.catalogue.search import likely, slips_between, understand
from tests.support.client import HtmxClient, ShopClient

from .conftest import Goods


def found(typed: str) -> list[str]:
    wanted = understand(typed)
    rows = listing.page(listing.Scope(wanted=wanted), Filters(), sort="featured", cursor=None).rows if wanted else []
    return [card.name for card in rows]


@pytest.fixture
def shelf(goods: Goods) -> Goods:
    goods.add("Alder Backpack", {"option1": "Moss"}, option1_name="Colour", description="Holds a laptop.")
    goods.add("Harrow Satchel", {"option1": "Chestnut"}, option1_name="Colour", inside=("satchels",))
    goods.add("Lacinato Kale", inside=("leaves",), summary="Sweet since the first frost.", maker="Tule Farm")
    goods.add("Soup Box", inside=("leaves",), description="Onions, beans and kale.")
    goods.add("Baguette", inside=("leaves",))
    goods.add("Crème Fraîche", inside=("leaves",))
    return goods


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("satchel", ["Harrow Satchel"]),
        ("SATCHELS", ["Harrow Satchel"]),
        ("back", ["Alder Backpack"]),
        ("laptop", ["Alder Backpack"]),
        ("moss", ["Alder Backpack"]),
        ("tule farm", ["Lacinato Kale"]),
        ("kale", ["Lacinato Kale", "Soup Box"]),
        ("kale -soup", ["Lacinato Kale"]),
        ('"first frost"', ["Lacinato Kale"]),
        ('"frost first"', []),
        ("creme", ["Crème Fraîche"]),
        ("fraîche", ["Crème Fraîche"]),
        ("kale satchel", []),
    ],
)
def test_what_is_found(shelf: Goods, typed: str, names: list[str]) -> None:
    assert found(typed) == names


def test_a_whole_word_comes_before_longer_ones(shelf: Goods) -> None:
    shelf.add("Day Bag")
    assert found("bag")[0] == "Day Bag"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bakpack", "backpack"),
        ("satchle", "satchel"),
        ("kael", "kale"),
        ("lacinatto", "lacinato"),
        ("bagette", "baguette"),
    ],
)
def test_a_slip_of_the_finger_still_finds(client: ShopClient, shelf: Goods, typed: str, meant: str) -> None:
    page = client.get(f"/search?q={typed}").text
    assert "Did you mean" in page
    assert f'href="/search?q={meant}"' in page
    assert 'class="product-card' in page


def test_nothing_is_put_right_where_nothing_is_near(shelf: Goods) -> None:
    assert likely(understand("xylophone")) is None
    assert likely(understand("kale")) is None


def test_a_word_nobody_uses_is_left_out(shelf: Goods) -> None:
    wanted = likely(understand("bakpack xylophone"))
    assert wanted is not None and wanted.words == ("backpack",)


def test_a_search_for_nothing_we_have_says_so_and_shows_something_else(client: ShopClient, shelf: Goods) -> None:
    page = client.get("/search?q=xylophone").text
    assert "We have nothing called" in page
    assert "Liked by most people" in page


HOSTILE = [
    '"',
    "OR",
    "AND NOT",
    "a AND OR b",
    "NEAR(a b)",
    "name:kale",
    "^kale",
    "*",
    "kale*",
    "-kale",
    "--",
    "(((",
    "'; DROP TABLE product; --",
    "\0",
    "ka\0le",
    "%",
    "\\",
    "<script>",
    "&|!:*",
    "kale" * 2500,
    "🥬",
    "\ud7ff\ufffe",
    "the of and",
    "''",
    '"" ""',
    "a" * 250,
]


@pytest.mark.parametrize("typed", HOSTILE)
def test_nothing_that_is_typed_is_an_error(client: ShopClient, htmx: HtmxClient, shelf: Goods, typed: str) -> None:
    assert client.get(f"/search?q={quote(typed)}").status_code == 200
    assert htmx.get(f"/search?q={quote(typed)}").status_code == 200


def test_bytes_that_are_no_text_are_no_error(client: ShopClient, shelf: Goods) -> None:
    assert client.get("/search?q=%ff%fe&option=%ff:%fe").status_code == 200


def test_the_index_follows_every_change_of_a_product(shelf: Goods) -> None:
    satchel = Product.get(Product.slug == "harrow-satchel")
    with services.changing():
        Product.update(name="Harrow Briefcase").where(Product.id == satchel.id).execute()
        Variant.update(option1="Plum").where(Variant.product == satchel.id).execute()
        services.product_changed(satchel.id)
    assert found("briefcase") == ["Harrow Briefcase"] == found("plum")
    assert found("chestnut") == []
    with services.changing():
        Product.update(state=ProductState.ARCHIVED).where(Product.id == satchel.id).execute()
        services.product_changed(satchel.id)
    assert found("briefcase") == []
    assert likely(understand("brifcase")) is None


def test_a_change_that_is_taken_back_leaves_the_index_as_it_was(shelf: Goods) -> None:
    satchel = Product.get(Product.slug == "harrow-satchel")
    with pytest.raises(ZeroDivisionError), services.changing():
        Product.update(name="Harrow Briefcase").where(Product.id == satchel.id).execute()
        services.product_changed(satchel.id)
        raise ZeroDivisionError
    assert found("briefcase") == []
    assert found("satchel") == ["Harrow Satchel"]


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [("kale", "kale", 0), ("kael", "kale", 1), ("kal", "kale", 1), ("", "ab", 2), ("bag", "box", 2)],
)
def test_slips_are_counted(one: str, other: str, slips: int) -> None:
    assert slips_between(one, other) == slips
