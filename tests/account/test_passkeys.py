"""Passkeys without a browser: what comes in their place, and where there are none."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from shop.customers.models import Customer, Passkey
from shop.customers.services.passkeys import are_possible
from tests.support.client import ShopClient
from tests.support.customers import PASSWORD

pytestmark = pytest.mark.once

SECURITY = "/account/security"


@pytest.fixture
def settings_overrides(request: pytest.FixtureRequest) -> dict[str, Any]:
    return {"shop_url": getattr(request, "param", "http://localhost:8000")}


def token_on(client: ShopClient, page: str) -> str:
    return client.get(page).text.split('name="csrf_token" value="')[1].split('"')[0]


@pytest.mark.parametrize(
    ("settings_overrides", "possible"),
    [
        ("https://fern.example", True),
        ("http://localhost:8000", True),
        ("http://fern.example", False),
        ("http://127.0.0.1:8000", False),
        ("https://192.0.2.7", False),
        ("https://[2001:db8::1]", False),
    ],
    indirect=["settings_overrides"],
)
def test_they_are_offered_where_browsers_allow_them(app: Flask, client: ShopClient, possible: bool) -> None:
    assert are_possible() is possible
    assert ("Sign in with a passkey" in client.get("/sign-in").text) is possible


@pytest.mark.parametrize("settings_overrides", ["http://127.0.0.1:8000"], indirect=True)
def test_where_they_cannot_be_the_page_says_why(caros: ShopClient) -> None:
    page = caros.get(SECURITY).text
    assert "Browsers offer passkeys only to a site with a name of its own over https." in page
    assert "Add a passkey" not in page
    assert caros.post("/sign-in/passkey/begin").status_code == 404


@pytest.mark.parametrize(
    "answer",
    ["", "{}", "[]", "null", "not json", '{"id": "x"}', '{"id": "eA", "response": {"userHandle": "eA"}}', "x" * 30_000]
    + ['{"id": 1, "response": {"userHandle": 2}}', "[" * 15_000, '{"id": "é", "response": {"userHandle": "\\u0000"}}'],
)
def test_nonsense_in_place_of_a_passkey_is_refused(client: ShopClient, answer: str) -> None:
    assert client.post("/sign-in/passkey/begin").status_code == 200
    said = client.post("/sign-in/passkey", data={"answer": answer})
    assert said.status_code == 422
    assert said.json == {"problem": "That passkey did not work here. Sign in with your password instead, or try again."}


def test_what_the_browser_is_given_names_nobody(client: ShopClient, caro: Customer) -> None:
    given = client.post("/sign-in/passkey/begin").json
    assert given is not None
    assert given["rpId"] == "localhost"
    assert given["userVerification"] == "required"
    assert not given.get("allowCredentials")


def test_an_answer_that_nobody_asked_for_is_refused(client: ShopClient) -> None:
    assert client.post("/sign-in/passkey", data={"answer": "{}"}).status_code == 422


def test_adding_one_takes_the_password(caros: ShopClient) -> None:
    data = {"csrf_token": token_on(caros, SECURITY), "password": "not this one"}
    answer = caros.post("/account/passkeys/begin", data=data)
    assert (answer.status_code, answer.json) == (422, {"problem": "This is not your password."})


def test_somebody_elses_passkey_is_not_there(caros: ShopClient, dan: Customer, client: ShopClient) -> None:
    dans = Passkey.create(customer=dan.id, credential_id=b"dan", public_key=b"", user_handle=b"h")
    path = f"/account/passkeys/{dans.id}/remove"
    assert caros.post(path, data={"csrf_token": token_on(caros, SECURITY)}).status_code == 404
    assert client.post(path).status_code in {303, 400}
    assert Passkey.select().count() == 1


def test_without_javascript_the_page_says_what_is_missing(caros: ShopClient) -> None:
    assert "needs JavaScript" in caros.get(SECURITY).text
    assert PASSWORD not in caros.get(SECURITY).text


def test_removing_one_with_htmx_and_without(caros: ShopClient, caros_htmx: ShopClient, caro: Customer) -> None:
    for client, status in ((caros, 303), (caros_htmx, 204)):
        mine = Passkey.create(customer=caro.id, credential_id=b"caro", public_key=b"", user_handle=b"h")
        assert client.submit(SECURITY, action=f"/account/passkeys/{mine.id}/remove").status_code == status
    assert not Passkey.select().exists()
