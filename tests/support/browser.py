"""A real Chromium in front of a real server of the test's shop: pages as people get them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, FrameLocator, Page, Playwright
from werkzeug.serving import make_server

from ..practice import PracticeGateway
from .tools import chromium

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


@contextmanager
def served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = True  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def launch(playwright: Playwright, *, mapped_to: PracticeGateway | None = None) -> Browser:
    """With `mapped_to`, Braintree's own host names lead to that gateway, and all others nowhere."""
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-gpu"]
    mapping = []
    if mapped_to is not None:
        hosts = ("*.braintreegateway.com", "*.braintree-api.com", "*.paypal.com")
        rules = [f"MAP {host} 127.0.0.1:{mapped_to.tls_port}" for host in hosts]
        rules += ["MAP * ~NOTFOUND", "EXCLUDE 127.0.0.1"]
        mapping = [f"--host-resolver-rules={','.join(rules)}", "--ignore-certificate-errors"]
    return playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", *quiet, *mapping])


def frame(page: Page, field: str) -> FrameLocator:
    return page.frame_locator(f"iframe[name='braintree-hosted-field-{field}']")


def type_card(page: Page, number: str, *, expiry: str = "1234", cvv: str = "123") -> None:
    page.wait_for_selector("[data-card-ready]")
    for field, text in {"number": number, "expirationDate": expiry, "cvv": cvv}.items():
        frame(page, field).locator("input").press_sequentially(text)


def pay(page: Page, number: str, **more: Any) -> None:
    type_card(page, number, **more)
    page.get_by_role("button", name="Pay", exact=True).click()


def axe_clean(page: Page) -> None:
    """Raises AssertionError naming each element that axe finds hard to use, and why."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": list(WCAG)}})
    wrong = [
        f"{violation['id']} ({violation['help']}): {node['html'][:160]}: {node.get('failureSummary', '')}"
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]
    assert wrong == [], f"{page.url}: " + "\n".join(wrong)
