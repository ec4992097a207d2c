"""What holds on every page that a visitor can reach; each of them was checked by the client on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from shop import vault
from shop.cookies import REGISTER
from shop.ops.models import all_models
from shop.vault import SealedModel
from tests.support.client import ShopClient
from tests.support.crawl import Crawl
from tests.support.pages import parsed, text_of
from tests.support.validity import invalid

# The first one waits for the walk through the shop.
pytestmark = [pytest.mark.once, pytest.mark.timeout(400)]
SESSION_KEYS = {"csrf_token", "_flashes", "_fresh", "_id", "_user_id", "step", "passkey_step", "_permanent", "my_data"}
# Fields that ask for a thing or a figure, and nothing about who asks.
IMPERSONAL = {"q", "quantity", "code", "variant_id", "sort", "v", "step", "wants_account"}


def test_the_whole_shop_is_reached_and_no_link_is_broken(looked_around: Crawl) -> None:
    assert looked_around.broken == []
    paths = {address.split("?")[0] for address in looked_around.pages}
    assert paths >= {"/", "/cart", "/search", "/privacy", "/cookies", "/promises"}
    assert len([path for path in paths if path.startswith("/p/")]) >= 50


def test_with_a_full_cart_no_link_is_broken_either(shopped: Crawl) -> None:
    assert shopped.broken == []
    assert {"/cart", "/checkout"} <= {address.split("?")[0] for address in shopped.pages}


@pytest.mark.promise("P03")
def test_looking_around_leaves_nothing_about_the_visitor(shop: Flask, looked_around: Crawl) -> None:
    assert len(looked_around.pages) > 20
    personal = [model for model in all_models() if issubclass(model, SealedModel)]
    assert {model.__name__: model.select().count() for model in personal} == {model.__name__: 0 for model in personal}
    assert looked_around.cookies == set()


@pytest.mark.promise("P03")
def test_no_page_fetches_or_links_anything_from_another_host(looked_around: Crawl, shopped: Crawl) -> None:
    assert looked_around.foreign == set()
    assert {url for url in shopped.foreign if not url.startswith("http://127.0.0.1")} == set()


@pytest.mark.promise("P31")
def test_every_cookie_is_in_the_register(looked_around: Crawl, shopped: Crawl) -> None:
    assert "cart" in shopped.cookies
    assert looked_around.cookies | shopped.cookies <= {cookie.full_name for cookie in REGISTER}


@pytest.mark.promise("P31")
def test_the_session_cookie_holds_nothing_but_ids(shop: Flask, shopped: Crawl) -> None:
    cookie = shopped.client.get_cookie("session")
    assert cookie is not None
    serializer = SecureCookieSessionInterface().get_signing_serializer(shop)
    assert serializer is not None
    assert set(serializer.loads(cookie.value)) <= SESSION_KEYS


@pytest.mark.promise("P02")
def test_every_field_a_visitor_meets_has_its_row_on_the_privacy_page(visitor: ShopClient, shopped: Crawl) -> None:
    rows = [text_of(row) for row in parsed(visitor.get("/privacy").text, fragment=False)[0].iter("tr")]
    labels = {found.personal.label for found in vault.declarations()}
    asked = {name: page for name, page in shopped.fields.items() if name not in IMPERSONAL}
    assert asked
    unexplained = {}
    for name, page in asked.items():
        label = _label_of(shopped.pages, page, name)
        if not any(label.startswith(known) and any(row.startswith(known) for row in rows) for known in labels):
            unexplained[f"{page} {name}"] = label
    assert unexplained == {}


def _label_of(pages: dict[str, object], page: str, name: str) -> str:
    tree, _ = parsed(pages[page].text, fragment=False)  # type: ignore[attr-defined]
    control = next(element for element in tree.iter() if element.get("name") == name)
    label = next((each for each in tree.iter("label") if each.get("for") == control.get("id")), None)
    return text_of(label) if label is not None else ""


def test_every_page_is_valid_html(looked_around: Crawl, shopped: Crawl, tmp_path: Path) -> None:
    pages = {f"{page.request.path}-{number}": page.text for number, page in enumerate(looked_around.pages.values())}
    pages |= {f"{page.request.path}-full-{number}": page.text for number, page in enumerate(shopped.pages.values())}
    assert invalid(pages, tmp_path) == []
