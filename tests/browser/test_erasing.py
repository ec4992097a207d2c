"""Removing everything in a real browser: looked at, confirmed, undone and done, with and without JavaScript."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from shop import clock
from shop.customers.models import Address, Customer
from shop.passwords import hash_password
from shop.privacy.erasing.models import Erasure
from shop.privacy.erasing.running import run_due_erasures
from tests.support.browser import opened, tab_to
from tests.support.client import ShopClient
from tests.support.customers import CARO, PASSWORD, caro, caros
from tests.support.mailbox import link_to
from tests.support.past import address_of, past_order

__all__ = ["caro", "caros"]
pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    """Nothing is paid for here, so there is no gateway."""
    return {}


@pytest.fixture
def known(app: Flask, caro: Customer) -> Customer:
    """Caro with a past, and a password that the test knows."""
    with app.app_context():
        Customer.update(password_hash=hash_password(PASSWORD)).where(Customer.id == caro.id).execute()
        address_of(caro)
        past_order(CARO, customer=caro)
    return caro


@pytest.mark.promise("P23")
@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_everything_is_removed_by_keyboard_undone_by_mail_and_removed_after_all(
    app: Flask, browser: Browser, caros: ShopClient, known: Customer, javascript: bool
) -> None:
    with opened(browser, app, caros, java_script_enabled=javascript) as page:
        page.goto("/my-data")
        page.get_by_role("link", name="Remove it").click()
        for title in ("Goes", "Stays for now", "Cannot be removed", "Backups"):
            expect(page.get_by_role("region", name=title, exact=True)).to_be_visible()
        confirm(page, "not this one", javascript)
        expect(page.get_by_role("alert")).to_contain_text("This is not your password.")
        confirm(page, PASSWORD, javascript)
        expect(page.get_by_role("heading", level=1)).to_contain_text("We remove your data on")
        with app.app_context():
            undo = link_to(CARO)
        page.goto(undo)
        page.get_by_role("button", name="Yes, keep my data").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Your data stays")
        assert Address.select().count() == 1
        page.goto("/my-data/erase")
        confirm(page, PASSWORD, javascript)
        expect(page.get_by_role("heading", level=1)).to_contain_text("We remove your data on")
        with app.app_context():
            Erasure.update(due_at=clock.now() - timedelta(minutes=1)).execute()
            assert run_due_erasures() == 1
        page.goto("/account")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Sign in")
    assert (Address.select().count(), Customer.get_by_id(known.id).email) == (0, None)


def confirm(page: Page, password: str, javascript: bool) -> None:
    field = page.get_by_label("Your password", exact=True)
    if javascript:
        tab_to(page, field)
        page.keyboard.type(password)
        page.keyboard.press("Enter")
    else:
        field.fill(password)
        page.get_by_role("button", name="Remove everything").click()


def test_one_thing_says_what_follows_before_it_goes(
    app: Flask, browser: Browser, caros: ShopClient, known: Customer
) -> None:
    with opened(browser, app, caros) as page:
        page.goto("/my-data")
        page.locator(f"[href='/my-data/remove/address/{Address.get().id}']").click()
        expect(page.get_by_role("region", name="What follows")).to_contain_text("You type it again")
        page.get_by_role("button", name="Remove it").click()
        expect(page.get_by_text("Removed: the address 9 Heron Row.")).to_be_visible()
    assert Address.select().count() == 0
