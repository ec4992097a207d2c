"""A page with nothing but a card form on it, served by a real shop, and the browser that pays there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, render_template_string, request
from playwright.sync_api import Browser, FrameLocator, Page, Playwright
from werkzeug.serving import make_server

from shop.access_rules import public
from shop.payments import gateway
from shop.security import widen_content_policy
from shop.web import is_htmx

from ..practice import PracticeGateway
from ..support.tools import chromium

PAGE = """
{% extends "base.html" %}
{% block title %}Pay{% endblock %}
{% block head %}{% include "payments/_head.html" %}{% endblock %}
{% block main %}
<h1>Pay</h1>
{% include form %}
{% endblock %}
"""
FORM = """
<form id="form" method="post" action="/try-card" data-card-entry{% if by_htmx %} hx-post="/try-card?htmx=1"{% endif %}>
  {% if reason %}<p id="reason">{{ reason }}</p>{% endif %}
  {% if outcome %}<p id="outcome">{{ outcome }}</p>{% endif %}
  {% include "payments/_card.html" %}
  <button class="button" type="submit" data-card-pay>Pay</button>
</form>
"""


def add_card_page(app: Flask, *, ref: str = "browser", cents: int = 1999) -> None:
    """GET shows the form; POST sends what it was given to the gateway and shows what came of it."""

    @app.route("/try-card", methods=["GET", "POST"])
    @public
    def try_card() -> str:
        outcome = None
        if request.method == "POST":
            nonce = request.form["payment_method_nonce"]
            outcome = gateway.authorise(ref=ref, amount_cents=cents, nonce=nonce)
        entry = gateway.card_entry()
        widen_content_policy(**entry.content_policy)
        context = {
            "card_entry": entry,
            "card_page": "/try-card",
            "by_htmx": "htmx" in request.args,
            "reason": outcome.reason if isinstance(outcome, gateway.Declined) else "",
            "outcome": type(outcome).__name__ if outcome else "",
        }
        if is_htmx():
            return render_template_string(FORM, **context)
        return render_template_string(PAGE, form=app.jinja_env.from_string(FORM), **context)


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
