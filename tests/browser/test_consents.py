"""Consents in a real browser: one press of a key for yes, one for no, and the page says so; without JavaScript too."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from shop.customers.consents import ConsentPurpose
from shop.customers.models import Customer
from shop.customers.services.consents import has_consent
from tests.support.browser import opened, tab_to
from tests.support.client import ShopClient
from tests.support.customers import caro, caros

__all__ = ["caro", "caros"]
pytestmark = pytest.mark.timeout(240)
PAGE, HABITS = "/account/consents", ConsentPurpose.HABITS


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    """Nothing is paid for here, so there is no gateway."""
    return {}


@pytest.mark.promise("P41")
def test_one_key_gives_it_and_one_takes_it_back(
    app: Flask, browser: Browser, caros: ShopClient, caro: Customer
) -> None:
    with opened(browser, app, caros) as page:
        page.goto(PAGE)
        row = page.get_by_role("region", name="Purchase habits")
        tab_to(page, row.get_by_role("button", name="Yes, you may"))
        page.keyboard.press("Enter")
        take_back = row.get_by_role("button", name="Take it back")
        expect(take_back).to_be_focused()
        expect(page.get_by_role("status")).to_have_text("Purchase habits: you agreed. A receipt is on its way to you.")
        assert has_consent(caro.id, HABITS)

        page.keyboard.press("Enter")
        expect(row.get_by_role("button", name="Yes, you may")).to_be_focused()
        expect(row).to_contain_text("You said no")
        assert not has_consent(caro.id, HABITS)


def test_it_works_without_javascript(app: Flask, browser: Browser, caros: ShopClient, caro: Customer) -> None:
    with opened(browser, app, caros, java_script_enabled=False) as page:
        page.goto(PAGE)
        row = page.get_by_role("region", name="Purchase habits")
        for button, is_given in (("Yes, you may", True), ("Take it back", False)):
            row.get_by_role("button", name=button).click()
            expect(page.get_by_role("status")).to_contain_text("A receipt is on its way to you.")
            assert has_consent(caro.id, HABITS) is is_given
