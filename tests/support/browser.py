"""A real Chromium in front of a real server of the test's shop: pages as people get them."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    FrameLocator,
    JSHandle,
    Locator,
    Page,
    Playwright,
    Request,
    TimeoutError,
    expect,
)
from werkzeug.serving import make_server
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

from ..practice import PracticeGateway
from .tools import chromium

HARD_TO_USE = """async (options) => (await axe.run(options)).violations.flatMap(
  ({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)}: ${failureSummary}`))"""
AXE = "/axe.js"
# What a page is built of, as far as its looks go.
BLOCKS = """() => [...new Set([...document.querySelectorAll("body, body *")].map(
  element => `${element.localName}.${[...element.classList].sort().join(".")}`))]"""
MOST_TABS = 80
CARD_FIELD = "iframe[name='braintree-hosted-field-{}']"
FOCUS_MILLISECONDS = 10_000
# From the page's last element the way leads through its body, back to the first.
HAS_MOVED = """before => {
  const now = document.activeElement;
  const all = document.querySelectorAll("a[href], button, input, select, textarea, summary, iframe");
  return now !== before && (now !== document.body || before === all[all.length - 1]);
}"""
OWN = "127.0.0.1"
BRAINTREE = (".braintreegateway.com", ".braintree-api.com")
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


@contextmanager
def served(app: Callable[..., Any], port: int = 0) -> Iterator[str]:
    server = make_server("127.0.0.1", port, app, threaded=True)
    server.daemon_threads = True  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
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


class Watch:
    """What the browser complains about in a tab: errors of scripts, breaches of the content policy, and strange hosts.

    A page that is answered with an error code is no complaint: a test asks for some of those.
    """

    def __init__(self, page: Page, *, payment_page: str = "/checkout") -> None:
        self.complaints: list[str] = []
        self._payment_page = payment_page
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heard)
        page.on("requestfinished", self._asked)
        page.on("requestfailed", lambda request: None if request.failure == "csp" else self._asked(request))

    def _heard(self, said: ConsoleMessage) -> None:
        # Drop-in reports to PayPal's logger, which the payment page does not allow.
        is_expected = "Failed to load resource: the server responded" in said.text or "www.paypal.com" in said.text
        if said.type in {"error", "warning"} and not is_expected:
            self.complaints.append(f"{said.type}: {said.text}")

    def _asked(self, request: Request) -> None:
        asked = urlsplit(request.url)
        if asked.scheme not in {"http", "https"} or asked.hostname == OWN:
            return
        is_paying = urlsplit(request.frame.page.url).path.startswith(self._payment_page)
        if not is_paying or not str(asked.hostname).endswith(BRAINTREE):
            self.complaints.append(f"{request.frame.page.url} asked {asked.hostname}")


@contextmanager
def opened(browser: Browser, app: Flask, client: FlaskClient | None, **options: Any) -> Iterator[Page]:
    """A tab at the served shop with the client's session and cart; what the browser itself complains about fails."""
    with served(app) as url, browser.new_context(base_url=url, reduced_motion="reduce", **options) as context:
        for name in ("session", "cart"):
            cookie = client.get_cookie(name) if client else None
            if cookie is not None:
                context.add_cookies([{"name": name, "value": cookie.value, "url": url}])
        tab = context.new_page()
        watch = Watch(tab)
        yield tab
        assert watch.complaints == []


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until `wanted` has the focus; raises AssertionError when it is out of the keyboard's reach."""
    expect(wanted).to_be_attached()
    for _ in range(MOST_TABS):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        _tab(page)
    raise AssertionError(f"{wanted} cannot be reached with the Tab key on {page.url}")


def _tab(page: Page) -> None:
    """Into a frame the focus moves by way of the browser's own process: meanwhile nothing on the page has it."""
    before: JSHandle = page.evaluate_handle("document.activeElement")
    page.keyboard.press("Tab")
    try:
        page.wait_for_function(HAS_MOVED, arg=before, timeout=FOCUS_MILLISECONDS)
    except TimeoutError as error:
        raise AssertionError(f"the Tab key leads nowhere from {before} on {page.url}") from error


def frame(page: Page, field: str) -> FrameLocator:
    return page.frame_locator(CARD_FIELD.format(field))


def wait_until_keys_reach(page: Page, field: str) -> None:
    """Both the page and the frame inside it must say that the card's field has the focus: they learn it one by one."""
    expect(page.locator(CARD_FIELD.format(field))).to_be_focused()
    expect(frame(page, field).locator("input")).to_be_focused()


def type_by_keyboard(page: Page, field: str, text: str) -> None:
    """Type into the card's field that is about to have the focus; returns when it holds what was typed."""
    wait_until_keys_reach(page, field)
    page.keyboard.type(text)
    as_shaped = r"\D*".join(digit for digit in text if digit.isdigit())
    expect(frame(page, field).locator("input")).to_have_value(re.compile(rf"^{as_shaped}\D*$"))


def type_card(page: Page, number: str, *, expiry: str = "1234", cvv: str = "123") -> None:
    page.wait_for_selector("[data-card-ready]")
    for field, text in {"number": number, "expirationDate": expiry, "cvv": cvv}.items():
        frame(page, field).locator("input").focus()
        type_by_keyboard(page, field, text)


def type_card_by_keyboard(page: Page, number: str, *, expiry: str = "1234", cvv: str = "123") -> None:
    """From its first field, which has the focus, to the last, and send it."""
    type_by_keyboard(page, "number", number)
    page.keyboard.press("Tab")
    type_by_keyboard(page, "expirationDate", expiry)
    page.keyboard.press("Tab")
    type_by_keyboard(page, "cvv", cvv)
    page.keyboard.press("Enter")


def pay(page: Page, number: str, **more: Any) -> None:
    type_card(page, number, **more)
    page.locator("[data-card-pay]").click()


def with_pages(app: Flask, pages: dict[str, TestResponse]) -> Callable[..., Any]:
    """The shop, and under /shown/<name> answers that it gave before, for pages that no address leads to.

    It serves axe as well, at AXE: a script with an address is compiled once for all pages. What such a page asks for
    by itself, to see whether something is new, finds nothing new.
    """
    axe = Axe().axe_script

    def wsgi(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        if environ["PATH_INFO"] == AXE:
            return Response(axe, mimetype="text/javascript", headers={"Cache-Control": "max-age=3600"})(environ, start)
        if "HTTP_HX_REQUEST" in environ:
            return Response(status=204)(environ, start)
        answer = pages.get(environ["PATH_INFO"].removeprefix("/shown/"))
        if answer is None:
            return app(environ, start)
        kept = {name: answer.headers[name] for name in ("Content-Type", "Content-Security-Policy")}
        return Response(answer.get_data(), answer.status_code, kept)(environ, start)

    return wsgi


def hard_to_use(page: Page, *, colours: bool = True) -> list[str]:
    """What axe finds hard to use on the page as it is, element by element. Without `colours` in a fifth of the time."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(Axe().axe_script)
    only = {"type": "tag", "values": list(WCAG)}
    found: list[str] = page.evaluate(
        HARD_TO_USE,
        {
            "runOnly": only,
            "resultTypes": ["violations"],
            "iframes": False,
            "preload": False,
            "rules": {"color-contrast": {"enabled": colours}},
        },
    )
    return found


def is_too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))
