"""The security page in a real browser: passkeys with an authenticator that Chromium plays, and what moves by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, CDPSession, Page, expect

from shop.customers.models import Customer, CustomerSession, Passkey, SignInStep
from tests.practice import free_port
from tests.support.browser import served
from tests.support.client import ShopClient
from tests.support.customers import CARO, PASSWORD, as_customer, make_customer
from tests.support.mailbox import subjects_to


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def settings_overrides(port: int) -> dict[str, Any]:
    return {"shop_url": f"http://localhost:{port}"}


@pytest.fixture
def caro(app: Flask) -> Customer:
    return make_customer(CARO, "Caro Reed", password=PASSWORD)


@pytest.fixture
def page(app: Flask, caro: Customer, port: int, browser: Browser) -> Iterator[Page]:
    with served(app, port), browser.new_context(base_url=f"http://localhost:{port}") as context:
        yield context.new_page()


@pytest.fixture
def authenticator(page: Page) -> tuple[CDPSession, str]:
    """A device that asks for a finger and always gets it, and how to speak to it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    made = session.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**device, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    return session, str(made["authenticatorId"])


def sign_in(page: Page) -> None:
    page.goto("/sign-in?next=/account/security")
    page.get_by_label("E-mail").fill(CARO)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/account/security")


def add(page: Page, password: str = PASSWORD) -> None:
    page.get_by_label("Your password").fill(password)
    page.get_by_role("button", name="Add a passkey").click()


def with_passkey(page: Page) -> None:
    page.context.clear_cookies()
    page.goto("/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()


def test_what_is_typed_can_be_shown_and_goes_out_hidden(page: Page) -> None:
    page.goto("/sign-in")
    field, show = page.get_by_label("Password", exact=True), page.get_by_role("button", name="Show password")
    field.fill("herons")
    show.click()
    assert (field.get_attribute("type"), show.get_attribute("aria-pressed")) == ("text", "true")
    show.click()
    assert (field.get_attribute("type"), show.get_attribute("aria-pressed")) == ("password", "false")
    assert field.input_value() == "herons"


def test_another_sign_in_is_ended_without_leaving_the_page(app: Flask, page: Page, caro: Customer) -> None:
    elsewhere = as_customer(ShopClient(app, use_cookies=True), caro)
    sign_in(page)
    page.get_by_role("button", name="End the sign-in since").click()
    expect(page.get_by_text("That sign-in has ended.")).to_be_visible()
    expect(page.get_by_text("Another browser")).to_have_count(0)
    assert elsewhere.get("/account").status_code == 303


def test_a_passkey_is_added_signs_in_and_is_removed(
    page: Page, authenticator: tuple[CDPSession, str], caro: Customer
) -> None:
    sign_in(page)
    add(page, "not this one")
    expect(page.get_by_text("This is not your password.")).to_be_visible()
    add(page)
    expect(page.get_by_text("The passkey is added.")).to_be_visible()
    with_passkey(page)
    page.wait_for_url("**/account")
    passkey = Passkey.get()
    assert (passkey.customer_id, passkey.used_at is None, passkey.sign_count > 0) == (caro.id, False, True)
    # Random, and so no word of whose it is.
    assert len(passkey.user_handle) == 32
    assert not SignInStep.select().exists()
    page.goto("/account/security")
    page.get_by_role("button", name="Remove passkey 1").click()
    expect(page.get_by_text("The passkey is removed.")).to_be_visible()
    with_passkey(page)
    expect(page.get_by_text("That passkey did not work here.")).to_be_visible()
    assert subjects_to(CARO) == ["A passkey was added", "A passkey was removed"]


def test_a_copied_passkey_is_noticed_by_its_count(
    page: Page, authenticator: tuple[CDPSession, str], caro: Customer
) -> None:
    sign_in(page)
    add(page)
    expect(page.get_by_text("The passkey is added.")).to_be_visible()
    Passkey.update(sign_count=1_000).execute()
    with_passkey(page)
    expect(page.get_by_text("That passkey did not work here.")).to_be_visible()
    assert CustomerSession.select().count() == 1


def test_a_passkey_of_a_device_that_did_not_look_who_it_was_is_refused(
    page: Page, authenticator: tuple[CDPSession, str], caro: Customer
) -> None:
    session, device = authenticator
    sign_in(page)
    add(page)
    expect(page.get_by_text("The passkey is added.")).to_be_visible()
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    with_passkey(page)
    expect(page.get_by_text("No passkey was used.")).to_be_visible()


def test_the_same_device_is_not_added_twice(page: Page, authenticator: tuple[CDPSession, str], caro: Customer) -> None:
    sign_in(page)
    for said in ("The passkey is added.", "This device has a passkey for your account already."):
        add(page)
        expect(page.get_by_text(said)).to_be_visible()
    assert Passkey.select().count() == 1


def test_an_answer_is_good_once_and_in_the_browser_that_was_asked(
    app: Flask, page: Page, authenticator: tuple[CDPSession, str], caro: Customer
) -> None:
    sign_in(page)
    add(page)
    expect(page.get_by_text("The passkey is added.")).to_be_visible()
    with page.expect_request("**/sign-in/passkey") as sent:
        with_passkey(page)
    page.wait_for_url("**/account")
    answer = sent.value.post_data or ""
    thief = ShopClient(app, use_cookies=True)
    thief.post("/sign-in/passkey/begin")
    stolen = answer.split('name="answer"')[1].strip().split("\r\n")[0]
    replayed = thief.post("/sign-in/passkey", data={"answer": stolen})
    assert replayed.status_code == 422
    assert thief.get("/account").status_code == 303
