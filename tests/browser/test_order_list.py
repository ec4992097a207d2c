"""The order list by keyboard in a real browser: walked, looked into, selected in a stretch, acted on and taken back."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from shop.orders.models import Order, OrderState
from tests.support.browser import opened
from tests.support.client import ShopClient
from tests.support.desk import robin, staff
from tests.support.listed import listed

__all__ = ["robin", "staff"]
pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    """Nothing is paid for here, so there is no gateway."""
    return {}


def test_the_list_is_worked_through_by_keys_and_a_step_is_taken_back(
    app: Flask,
    browser: Browser,
    robin: ShopClient,
) -> None:
    with app.app_context():
        numbers = [listed(name).number for name in ("Ada Byron", "Bo Reed", "Cleo Marsh", "Dot Fern")]
    with opened(browser, app, robin) as page:
        page.goto("/admin/orders?sort=oldest")
        keys, boxes = page.keyboard, page.locator("[data-select]")
        for key in ("j", "j", "k"):
            keys.press(key)
        expect(page.get_by_role("link", name=numbers[0], exact=True)).to_be_focused()
        keys.press("v")
        expect(page.get_by_text("2 × Alder Tote")).to_be_visible()
        keys.press("v")
        expect(page.get_by_text("2 × Alder Tote")).to_have_count(0)
        keys.press("?")
        expect(page.get_by_role("dialog", name="Keys of this list")).to_be_visible()
        keys.press("Escape")
        boxes.nth(1).click()
        boxes.nth(3).click(modifiers=["Shift"])
        expect(page.locator("[data-select]:checked")).to_have_count(3)
        keys.press("p")
        expect(page.locator(".bulk-result__title")).to_have_text("3 orders packed")
        left = page.locator("[data-countdown]")
        first = int(left.inner_text())
        expect(left).not_to_have_text(str(first))
        assert int(left.inner_text()) < first
        page.get_by_role("button", name="Undo").click()
        expect(page.locator(".bulk-result__title")).to_have_text("3 taken back")
        assert {order.state for order in Order.select()} == {OrderState.PLACED}
        keys.press("/")
        expect(page.get_by_label("Search orders")).to_be_focused()
        page.goto("/admin/orders?sort=oldest")
        keys.press("j")
        keys.press("Enter")
        page.wait_for_url(f"**/admin/orders/{numbers[0]}*")
