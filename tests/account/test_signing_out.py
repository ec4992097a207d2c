"""The account is its customer's alone, and signing out ends that at once."""

from __future__ import annotations

import pytest

from shop.customers.models import CustomerSession
from tests.support.client import ShopClient
from tests.support.customers import CARO

pytestmark = pytest.mark.once


def test_the_account_is_shown_to_its_customer(caros: ShopClient) -> None:
    assert CARO in caros.get("/account").text


def test_a_stranger_is_led_to_the_sign_in_page(client: ShopClient) -> None:
    assert client.get("/account").location == "/sign-in?next=/account"


def test_signing_out_ends_the_session_for_every_copy_of_its_cookie(caros: ShopClient) -> None:
    cookie = caros.get_cookie("session")
    assert cookie is not None
    answer = caros.submit("/account", action="/sign-out")
    assert (answer.status_code, answer.location) == (303, "/")
    caros.set_cookie("session", cookie.value)
    assert caros.get("/account").status_code == 303
    assert not CustomerSession.select().exists()
