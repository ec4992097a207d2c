"""My data in a real browser: read and taken away, with and without JavaScript, and opened by a mailed link."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from shop.customers.models import Customer, LinkPurpose
from shop.customers.services.links import make_link
from tests.support.browser import hard_to_use, is_too_wide, opened
from tests.support.canary import plant
from tests.support.client import ShopClient
from tests.support.customers import caro, caros

__all__ = ["caro", "caros"]
pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    """Nothing is paid for here, so there is no gateway."""
    return {}


@pytest.mark.promise("P54")
@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_a_customer_takes_everything_away(
    app: Flask, browser: Browser, caros: ShopClient, caro: Customer, tmp_path: Path, javascript: bool
) -> None:
    with app.app_context():
        canary = plant(caro)
    with opened(browser, app, caros, java_script_enabled=javascript) as page:
        page.goto("/my-data")
        expect(page.get_by_role("heading", level=1)).to_have_text("What we hold about you")
        expect(page.get_by_role("button", name="Print")).to_be_visible(visible=javascript)
        for button, name in (("Take it all away (ZIP)", "my-data.zip"), ("As JSON", "my-data.json")):
            with page.expect_download() as download:
                page.get_by_role("button", name=button).click()
            assert download.value.suggested_filename == name
            download.value.save_as(tmp_path / name)
        if javascript:
            assert hard_to_use(page) == []
            page.set_viewport_size({"width": 320, "height": 700})
            assert not is_too_wide(page)
    note = canary.planted["order_contact", "note"]
    assert note in (tmp_path / "my-data.json").read_text()
    with zipfile.ZipFile(tmp_path / "my-data.zip") as archive:
        assert archive.testzip() is None
        assert json.loads(archive.read("my-data/data.json"))["about"] == caro.email


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_a_guest_asks_opens_and_closes(app: Flask, browser: Browser, javascript: bool) -> None:
    with opened(browser, app, None, java_script_enabled=javascript) as page:
        page.goto("/my-data")
        page.get_by_label("E-mail").fill("gus@guests.example")
        page.get_by_role("button", name="Mail me the link").click()
        expect(page.get_by_text("Look into your mail. A link is on its way")).to_be_visible()
        with app.app_context():
            token = make_link(purpose=LinkPurpose.MY_DATA, email="gus@guests.example")
        page.goto(f"/my-data/open/{token}")
        page.get_by_role("button", name="Open").click()
        expect(page.get_by_text("holds about gus@guests.example")).to_be_visible()
        page.get_by_role("button", name="Close it").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("See what we hold about you")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_copy_opens_by_itself_in_any_browser(
    app: Flask, browser: Browser, caros: ShopClient, caro: Customer, tmp_path: Path, scheme: Any
) -> None:
    (tmp_path / "copy.zip").write_bytes(caros.submit("/my-data", action="/my-data/export.zip").data)
    zipfile.ZipFile(tmp_path / "copy.zip").extractall(tmp_path)
    with browser.new_context(color_scheme=scheme) as context:
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto((tmp_path / "my-data" / "index.html").as_uri())
        expect(page.get_by_text(str(caro.email)).first).to_be_visible()
        assert len(asked) == 1
        assert hard_to_use(page) == []
