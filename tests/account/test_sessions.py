"""Where one is signed in: listed without saying who or where from, and ended one by one or together."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop.customers.models import Customer, CustomerSession
from tests.support.client import HtmxClient, ShopClient
from tests.support.customers import as_customer

pytestmark = pytest.mark.once

SECURITY, OTHERS = "/account/security", "/account/sessions/end-others"


@pytest.fixture
def elsewhere(app: Flask, caro: Customer) -> ShopClient:
    """Caro's second browser."""
    return as_customer(ShopClient(app, use_cookies=True), caro)


def end(session_id: int) -> str:
    return f"/account/sessions/{session_id}/end"


def newest() -> int:
    return int(CustomerSession.select().order_by(CustomerSession.id.desc()).get().id)


def test_each_is_listed_and_this_one_is_named(caros: ShopClient, elsewhere: ShopClient) -> None:
    page = caros.get(SECURITY).text
    assert page.count("This browser") == page.count("Another browser") == 1
    assert "neither the address it came from nor the kind of device is kept" in page


@pytest.mark.promise("P31")
def test_nothing_is_kept_of_a_sign_in_but_its_times() -> None:
    assert set(CustomerSession._meta.fields) == {"id", "customer", "token_hash", "created_at", "seen_at"}


def test_one_of_them_is_ended(caros: ShopClient, elsewhere: ShopClient) -> None:
    answer = caros.submit(SECURITY, action=end(newest()))
    assert (answer.status_code, answer.location) == (303, SECURITY)
    assert elsewhere.get("/account").status_code == 303
    assert "Another browser" not in caros.get(SECURITY).text


def test_with_htmx_the_list_is_swapped(caros_htmx: HtmxClient, elsewhere: ShopClient) -> None:
    answer = caros_htmx.submit(SECURITY, action=end(newest()))
    assert answer.status_code == 200
    assert "Another browser" not in answer.text
    assert "That sign-in has ended." in answer.text
    assert elsewhere.get("/account").status_code == 303


@pytest.mark.parametrize("client_name", ["caros", "caros_htmx"])
def test_all_the_others_are_ended_together(
    request: pytest.FixtureRequest, app: Flask, caro: Customer, elsewhere: ShopClient, client_name: str
) -> None:
    client: ShopClient = request.getfixturevalue(client_name)
    third = as_customer(ShopClient(app, use_cookies=True), caro)
    assert client.submit(SECURITY, action=OTHERS).status_code in {200, 303}
    assert [each.get("/account").status_code for each in (client, elsewhere, third)] == [200, 303, 303]


def test_somebody_elses_is_not_there(caros: ShopClient, dans: ShopClient, client: ShopClient) -> None:
    dans_session = newest()
    page = caros.get(SECURITY)
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    assert caros.post(end(dans_session), data={"csrf_token": token}).status_code == 404
    assert caros.post(end(10_000), data={"csrf_token": token}).status_code == 404
    assert client.post(end(dans_session)).status_code in {303, 400}
    assert dans.get("/account").status_code == 200


def test_those_that_ended_by_themselves_are_not_listed(caros: ShopClient, elsewhere: ShopClient) -> None:
    clock.travel(timedelta(days=13))
    caros.get(SECURITY)
    clock.travel(timedelta(days=14, hours=1))
    assert "Another browser" not in caros.get(SECURITY).text
