"""The profile and the addresses in a real browser: by the keyboard alone, and without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from shop.customers.models import Address, Customer
from tests.support.browser import hard_to_use, is_too_wide, opened, tab_to
from tests.support.client import ShopClient
from tests.support.customers import caro, caros

__all__ = ["caro", "caros"]
pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    """Nothing is paid for here, so there is no gateway."""
    return {}


def now(customer: Customer) -> Customer:
    found: Customer = Customer.get_by_id(customer.id)
    return found


@pytest.mark.promise("P19")
def test_a_value_is_edited_in_place_by_the_keyboard_alone(
    app: Flask, browser: Browser, caros: ShopClient, caro: Customer
) -> None:
    with opened(browser, app, caros) as page:
        page.goto("/account/profile")
        change, name = page.get_by_role("link", name="Change name"), page.get_by_label("Name")
        tab_to(page, change)
        page.keyboard.press("Enter")
        expect(name).to_be_focused()
        assert hard_to_use(page) == []

        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type("Carola Röd")
        page.keyboard.press("Enter")
        expect(change).to_be_focused()
        expect(page.get_by_role("status")).to_have_text("Name saved.")
        expect(page.locator("#profile-name")).to_contain_text("Carola Röd")

        page.keyboard.press("Enter")
        expect(name).to_be_focused()
        page.keyboard.type("never mind")
        page.keyboard.press("Escape")
        expect(change).to_be_focused()
        expect(page.locator("#profile-name")).to_contain_text("Carola Röd")

        add, phone = page.get_by_role("link", name="Add phone"), page.get_by_label("Phone")
        tab_to(page, add)
        page.keyboard.press("Enter")
        expect(phone).to_be_focused()
        page.keyboard.type("call me")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_be_focused()
        expect(phone).to_have_value("call me")
        assert hard_to_use(page) == []
        tab_to(page, phone)
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type("213 555 0134")
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name="Change phone")).to_be_focused()

        tab_to(page, page.get_by_role("button", name="Yes, still correct"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("Thank you")
        assert page.url.endswith("/account/profile")
    assert (now(caro).name, now(caro).phone) == ("Carola Röd", "+12135550134")


@pytest.mark.promise("P19")
def test_an_address_is_added_and_changed_by_the_keyboard_alone(
    app: Flask, browser: Browser, caros: ShopClient, caro: Customer
) -> None:
    with opened(browser, app, caros, viewport={"width": 360, "height": 800}) as page:
        page.goto("/account/addresses")
        tab_to(page, page.get_by_role("link", name="Add an address"))
        page.keyboard.press("Enter")
        expect(page.get_by_label("Full name")).to_be_focused()
        country = page.get_by_label("Country")
        tab_to(page, country)
        page.keyboard.type("Ger")
        expect(page.get_by_label("State")).to_have_count(0)
        expect(country).to_have_value("DE")
        expect(country).to_be_focused()
        for label, typed in {"Street address": "Hauptstraße 5", "Postal code": "10115", "City": "Berlin"}.items():
            tab_to(page, page.get_by_label(label))
            page.keyboard.type(typed)
        assert hard_to_use(page) == []
        assert not is_too_wide(page)
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name="Change the address Caro Reed")).to_be_focused()
        expect(page.get_by_role("status")).to_have_text("Address added.")

        page.keyboard.press("Enter")
        expect(page.get_by_label("Full name")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.get_by_role("link", name="Change the address Caro Reed")).to_be_focused()
    (mine,) = Address.select()
    assert (mine.city, mine.country, mine.is_for_delivery, mine.is_for_billing) == ("Berlin", "DE", True, True)


@pytest.mark.promise("P19")
def test_all_of_it_works_without_javascript(app: Flask, browser: Browser, caros: ShopClient, caro: Customer) -> None:
    with opened(browser, app, caros, java_script_enabled=False) as page:
        page.goto("/account")
        page.get_by_role("link", name="Change your profile").click()
        page.get_by_role("link", name="Change name").click()
        page.get_by_label("Name").fill("")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("status")).to_have_text("Name removed.")
        page.get_by_role("link", name="Add phone").click()
        page.get_by_label("Phone").fill("12")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("not a complete phone number")
        page.get_by_role("link", name="Cancel").click()
        page.get_by_role("button", name="Yes, still correct").click()
        expect(page.get_by_role("status")).to_contain_text("Thank you")

        page.get_by_role("link", name="Add your addresses").click()
        page.get_by_role("link", name="Add an address").click()
        page.get_by_label("Full name").fill("Caro Reed")
        page.get_by_label("Country").select_option(label="Germany")
        page.get_by_role("button", name="Update fields").click()
        expect(page.get_by_label("Full name")).to_have_value("Caro Reed")
        page.get_by_label("Street address").fill("Hauptstraße 5")
        page.get_by_label("Postal code").fill("10115")
        page.get_by_label("City").fill("Berlin")
        page.get_by_role("button", name="Save this address").click()
        expect(page.get_by_role("status")).to_have_text("Address added.")
        page.get_by_text("Remove").first.click()
        page.get_by_role("button", name="Remove this address").click()
        expect(page.get_by_role("main")).to_contain_text("You have saved no address yet.")
    assert now(caro).name is None
    assert not Address.select().exists()
