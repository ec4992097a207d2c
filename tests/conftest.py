"""What every test may ask for: a shop of its own, and clients that look at each page they get.

TEST_DATABASE_URL names a PostgreSQL server on which databases may be made; without it the shops run on SQLite.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Playwright, sync_playwright

from shop import clock

from .support.browser import launch
from .support.client import HtmxClient, ShopClient
from .support.shops import DEMO, Shops, disconnect

BROWSING = {"playwright", "browser"}
IGNORED_SETTINGS = ("DATABASE_URL", "KEYS_URL", "REDIS_URL", "SMTP_URL", "SHOP_INSTANCE", "SHOP_URL", "PORT", "HOST")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives a browser, and what is the same whichever database there is, so that it can be left out; begin
    with what takes long, so that nobody waits for it at the end."""
    for item in items:
        asked_for = set(getattr(item, "fixturenames", ()))
        if BROWSING & asked_for:
            item.add_marker("browser")
        if "shops" not in asked_for:
            item.add_marker("once")
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(scope="session", autouse=True)
def no_settings_from_outside() -> Iterator[None]:
    """What the developer's own shell says about a shop is nothing to the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in (*IGNORED_SETTINGS, *(name for name in os.environ if name.startswith(("BRAINTREE_", "SHOP_")))):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def shops(tmp_path_factory: pytest.TempPathFactory, no_settings_from_outside: None) -> Iterator[Shops]:
    made = Shops(tmp_path_factory.mktemp("shops"), os.environ.get("TEST_DATABASE_URL"))
    yield made
    made.close()


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    """Settings of the test's shop; a test module overrides this fixture to change them."""
    return {}


@pytest.fixture
def app(shops: Shops, tmp_path: Path, settings_overrides: dict[str, Any]) -> Iterator[Flask]:
    """A migrated, empty shop. Its database may be used directly; what renders pages needs `with app.app_context()`."""
    yield shops.new(tmp_path / "instance", **settings_overrides)
    clock.travel(timedelta(0))
    disconnect()


@pytest.fixture
def demo_app(shops: Shops, tmp_path: Path, settings_overrides: dict[str, Any]) -> Iterator[Flask]:
    """The demo shop as a first start leaves it, goods and pictures included."""
    yield shops.new(tmp_path / "demo", stock=DEMO, **settings_overrides)
    clock.travel(timedelta(0))
    disconnect()


@pytest.fixture
def client(app: Flask) -> ShopClient:
    """A plain browser without JavaScript; it fails on any page that breaks a house rule."""
    return ShopClient(app, use_cookies=True)


@pytest.fixture
def htmx(app: Flask) -> HtmxClient:
    """The same with htmx: a second visitor, unless a test shares the cookies."""
    return HtmxClient(app, use_cookies=True)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A real Chromium, with the network as it is; see support.browser for pages that pay."""
    launched = launch(playwright)
    yield launched
    launched.close()
