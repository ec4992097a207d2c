"""The pages on which the shop speaks about itself."""

from __future__ import annotations

import pytest
from flask import Flask

from shop import vault
from shop.config import settings
from shop.cookies import REGISTER
from shop.policies.declared import held
from shop.policies.queries import kept_promises
from shop.vault import Recipient
from tests.support.client import ShopClient
from tests.support.pages import parsed, text_of

pytestmark = pytest.mark.once


def test_the_promises_page_shows_each_kept_promise_with_how(client: ShopClient) -> None:
    page = client.get("/promises")
    shown = {section.get("id"): text_of(section) for section in parsed(page.text, fragment=False)[0].iter("section")}
    assert list(shown) == [promise.id for promise in kept_promises()]
    assert all(promise.how in shown[promise.id] for promise in kept_promises())


def test_the_cookies_page_shows_the_whole_register(client: ShopClient) -> None:
    page = client.get("/cookies").text
    assert all(cookie.full_name in page for cookie in REGISTER)
    assert all(cookie.lifetime in page for cookie in REGISTER)


@pytest.mark.promise("P02")
def test_every_personal_column_stands_in_the_table_of_the_privacy_page(client: ShopClient) -> None:
    tree, _ = parsed(client.get("/privacy").text, fragment=False)
    rows = {text_of(row) for row in tree.iter("tr")}
    missing = [
        f"{found.model.__name__}.{found.field.name}"
        for found in vault.declarations()
        if not any(
            row.startswith(found.personal.label) and found.personal.why in row and found.personal.without in row
            for row in rows
        )
    ]
    assert missing == []


def test_the_table_says_what_is_optional_who_receives_it_and_how_long(app: Flask) -> None:
    order = next(group for group in held() if group.name == "order")
    phone = next(value for value in order.values if value.label == "Phone")
    assert not phone.required
    assert list(phone.recipients) == [Recipient.CARRIER.words, Recipient.PAPER.words]
    assert any(character.isdigit() for character in order.how_long)


def test_every_kind_of_record_has_its_place_on_the_page(app: Flask) -> None:
    assert {group.name for group in held()} == {found.personal.retention for found in vault.declarations()}


def test_the_policy_names_whom_to_write_to(client: ShopClient) -> None:
    page = client.get("/privacy").text
    assert settings().privacy_email in page
    assert settings().privacy_name in page


@pytest.mark.parametrize("path", ["/privacy", "/cookies", "/promises"])
def test_reading_sets_no_cookie(client: ShopClient, path: str) -> None:
    assert client.get(path).headers.getlist("Set-Cookie") == []
