"""Goods at the desk in a real browser: pictures dropped and dragged, nothing typed is lost on the way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from shop.admin.models import Role
from shop.catalogue import gallery, uploads
from shop.catalogue.models import Product, Variant
from tests.admin.products.conftest import at_desk
from tests.catalogue.conftest import bag, goods
from tests.catalogue.test_pictures import drawn
from tests.support.browser import opened
from tests.support.client import ShopClient

__all__ = ["bag", "goods"]
pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    """Nothing is paid for here, so there is no gateway."""
    return {}


def test_pictures_are_sent_and_dragged_while_words_are_typed(
    app: Flask, browser: Browser, bag: Product, tmp_path: Path
) -> None:
    files = []
    for width in (300, 310):
        files.append(tmp_path / f"{width}.jpg")
        files[-1].write_bytes(drawn(size=(width, 200)))
    with opened(browser, app, at_desk(ShopClient(app, use_cookies=True), "Robin Fern", Role.OWNER)) as page:
        page.goto(f"/admin/products/{bag.id}")
        page.locator("#pictures-new").set_input_files(files[0])
        expect(page.locator(".gallery__item--waiting")).to_have_count(1)
        with app.app_context():
            uploads.make_pictures()
        words = page.get_by_label("What it shows")
        expect(words).to_have_count(1)
        words.fill("A flag, not saved yet")
        page.locator("#pictures-new").set_input_files(files[1])
        with app.app_context():
            expect(page.locator(".gallery__item--waiting")).to_have_count(1)
            uploads.make_pictures()
        expect(words).to_have_count(2)
        expect(words.first).to_have_value("A flag, not saved yet")
        _drag_the_second_to_the_front(page)
        expect(page.get_by_text("The order is saved.")).to_be_visible()
        assert [each.width for each in gallery.pictures_of(bag.id)] == [310, 300]
        _add_a_colour(page)
    assert Variant.select().where(Variant.option1 == "Rust").count() == 2


def _drag_the_second_to_the_front(page: Page) -> None:
    handles = page.locator("#admin-pictures [data-reorder-handle]")
    handles.nth(1).drag_to(handles.nth(0), target_position={"x": 5, "y": 5})


def _add_a_colour(page: Page) -> None:
    page.get_by_label("Values of option 1").fill("Moss, Teal, Rust")
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    page.get_by_role("button", name="Make the combinations").click()
    expect(page.locator(".matrix__row--new")).to_have_count(3)
    page.locator(".save-bar").get_by_role("button", name="Save").click()
    expect(page.locator("#status")).to_contain_text("Saved.")
    expect(page.get_by_text("Not saved yet")).to_be_hidden()
