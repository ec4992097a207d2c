"""The demo shop in front of a real browser, with a practice gateway to pay at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from ..practice import PracticeGateway
from ..support.browser import Watch, served


@pytest.fixture(scope="module")
def practice_gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeGateway]:
    made = PracticeGateway(tmp_path_factory.mktemp("practice"))
    made.start()
    yield made
    made.stop()


@pytest.fixture
def settings_overrides(practice_gateway: PracticeGateway) -> dict[str, Any]:
    return {"practice_gateway_url": practice_gateway.url, "braintree_timeout": 2}


@pytest.fixture
def address(demo_app: Flask) -> Iterator[str]:
    """Where the demo shop is served."""
    with served(demo_app) as url:
        yield url


@pytest.fixture
def page(address: str, browser: Browser) -> Iterator[Page]:
    """A visitor's tab; what the browser itself complains about fails the test."""
    with browser.new_context(base_url=address, reduced_motion="reduce") as context:
        tab = context.new_page()
        watch = Watch(tab)
        yield tab
        assert watch.complaints == []
