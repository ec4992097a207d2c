"""Being a customer changes nothing about cookies: random numbers and ids, each of them in the register."""

from __future__ import annotations

import base64
import zlib
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from shop.cookies import REGISTER
from shop.customers.models import Customer
from tests.support.client import ShopClient
from tests.support.customers import CARO

pytestmark = pytest.mark.once

PAGES = ("/sign-in", "/sign-up", "/account", "/account/consents", "/account/profile", "/account/security", "/cart")
ABOUT_CARO = (CARO, "caro", "Caro", "Reed", "customers.example")
SESSION_KEYS = {"csrf_token", "_flashes", "_fresh", "_user_id"}


@pytest.fixture
def kept(caros: ShopClient) -> list[tuple[str, str]]:
    """Name and value of each cookie that signing in or any of the pages set."""
    signed_in = caros.get_cookie("session")
    assert signed_in is not None
    answers = [caros.get(page) for page in PAGES]
    answers.append(caros.submit("/account/consents", action="/account/consents/news", button="answer=yes"))
    headers = [header for answer in answers for header in answer.headers.getlist("Set-Cookie")]
    pairs = [header.partition(";")[0].partition("=") for header in headers]
    return [("session", signed_in.value), *((name, value) for name, _, value in pairs)]


@pytest.mark.promise("P31")
def test_each_cookie_of_a_customer_is_in_the_register(kept: list[tuple[str, str]]) -> None:
    assert {name for name, _ in kept} == {"session"} <= {cookie.full_name for cookie in REGISTER}


@pytest.mark.promise("P31")
def test_no_cookie_of_a_customer_says_who_they_are(kept: list[tuple[str, str]], caro: Customer) -> None:
    for _, value in kept:
        said = " ".join(readings(unquote(value)))
        assert [word for word in ABOUT_CARO if word in said] == []


@pytest.mark.promise("P31")
def test_the_session_holds_ids_and_tokens_alone(app: Flask, kept: list[tuple[str, str]]) -> None:
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    assert [value for _, value in kept if not set(serializer.loads(value)) <= SESSION_KEYS] == []


def readings(value: str) -> list[str]:
    """A cookie as it stands, and with each of its parts decoded and unpacked."""
    found = [value]
    for part in value.split("."):
        try:
            raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        except ValueError:
            continue
        found.append(raw.decode("utf-8", "replace"))
        try:
            found.append(zlib.decompress(raw).decode("utf-8", "replace"))
        except zlib.error:
            continue
    return found
