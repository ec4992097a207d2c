"""What holds for each page in each of its states, errors and closed doors included, and for each mail: in its words,
and before a real browser, where everybody can use it and it is no wider than a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from shop.orders.cancelling import Reason
from shop.orders.models import Order
from shop.orders.services.fulfilment import cancel_order
from shop.orders.services.mails import mail_fresh_link
from shop.outbox.models import Mail
from shop.vault import preload
from tests.practice import PracticeGateway
from tests.support.browser import AXE, BLOCKS, Watch, hard_to_use, is_too_wide, served, with_pages
from tests.support.every_page import Pages, every_page
from tests.support.shops import DEMO, Shops, disconnect
from tests.support.validity import invalid

pytestmark = [pytest.mark.once, pytest.mark.long, pytest.mark.timeout(600)]
SMALLEST, PHONE, WIDE = ({"width": width, "height": 800} for width in (320, 360, 1280))
# Built alike: others stand for them.
ALIKE = {"error-403", "error-410", "error-422", "error-429", "error-503"} | {
    *("sign-up-wrong", "choose-password-wrong", "account-password-wrong", "account-app-wrong", "sign-in-code-wrong"),
    *("sign-in-recovery", "forgotten", "new-password", "undo-email", "account-link-gone", "account-second-factor"),
    *("admin-products-none", "admin-product-overtaken", "admin-product-preview", "admin-product-stock"),
    *("take-order-wrong", "taking-nothing", "taking-goods-wrong", "taking-email-wrong", "taking-code-wrong"),
    *("taking-card-wrong", "taking-sold-out", "prepared", "prepared-ended", "prepared-checkout", "take-orders"),
    *("admin-order-edit-open", "admin-order-edit-unpaid", "order-change-asked", "order-change-declined"),
    *("admin-pictures-wrong", "admin-shelves-wrong", "admin-section-wrong", "admin-variant", "admin-product-new"),
}


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeGateway]:
    made = PracticeGateway(tmp_path_factory.mktemp("practice"))
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def shop(shops: Shops, gateway: PracticeGateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("states") / "shop"
    yield shops.new(folder, stock=DEMO, practice_gateway_url=gateway.url, braintree_timeout=2)
    disconnect()


@pytest.fixture(scope="module")
def pages(shop: Flask, gateway: PracticeGateway) -> Pages:
    return every_page(shop, gateway)


def test_it_is_valid_html(pages: Pages, tmp_path: Path) -> None:
    assert invalid({name: answer.text for name, answer in pages.items()}, tmp_path) == []


@pytest.mark.promise("P25")
def test_it_links_to_the_privacy_policy(pages: Pages) -> None:
    """Error pages, the checkout, the desk and the account too; a plain link that needs nothing else."""
    assert [name for name, page in pages.items() if 'href="/privacy"' not in page.text] == []
    parts = ("error-", "checkout-", "admin-", "order-", "cart", "consents", "invoice")
    assert all(any(name.startswith(part) for name in pages) for part in parts)


def test_it_may_be_put_into_no_frame_and_runs_nothing_inline(pages: Pages) -> None:
    policies = {name: answer.headers["Content-Security-Policy"] for name, answer in pages.items()}
    assert [
        name for name, policy in policies.items() if "unsafe" in policy or "frame-ancestors 'none'" not in policy
    ] == []
    widened = {name for name, policy in policies.items() if "http://" in policy}
    assert widened <= {
        "checkout-payment",
        "checkout-declined",
        "checkout-no-token",
        "checkout-saved-card",
        "prepared-checkout",
        "checkout-change",
    }


def test_every_mail_is_valid_html(shop: Flask, pages: Pages, tmp_path: Path) -> None:
    """Written for the states above, and two that lead to no page of their own."""
    with shop.app_context():
        placed = Order.get(
            (Order.placed_at.is_null(False)) & (Order.packed_at.is_null()) & Order.cancelled_at.is_null()
        )
        mail_fresh_link(placed)
        cancel_order(order=placed, reason=Reason.SOLD_OUT, staff_id=1)
        mails = list(Mail.select().where(Mail.purged_at.is_null()))
        preload(mail.subject for mail in mails)
        documents = {f"{mail.kind}-{mail.id}": str(mail.html) for mail in mails if mail.purged_at is None}
    assert {mail.kind for mail in mails} >= {
        "order-confirmed", "order-shipped", "order-cancelled", "order-problem", "correspondence"
    }  # fmt: skip
    assert invalid(documents, tmp_path) == []


def test_everybody_can_use_it_by_day_and_by_night_on_a_desk_and_on_a_phone(
    shop: Flask, pages: Pages, browser: Browser
) -> None:
    found, seen = [], set[str]()
    disconnect()
    with served(with_pages(shop, pages)) as url, browser.new_context(base_url=url, reduced_motion="reduce") as context:
        page = context.new_page()
        watch = Watch(page, payment_page="/shown/checkout")
        for name in (name for name in pages if name not in ALIKE):
            found += [f"{name}: {each}" for each in _troubles(page, watch, name, seen)]
    assert found == []


def _troubles(page: Page, watch: Watch, name: str, seen: set[str]) -> Iterator[str]:
    """On a phone by day; where the page has a block that none before it had, with its colours, and those on a desk by
    night too: what a page says does not change with them. One load for all of it."""
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(SMALLEST)
    page.goto(f"/shown/{name}")
    if page.locator("[data-card-region]").count():
        page.wait_for_selector("[data-card-ready], [data-card-retry]:not([hidden])", state="attached")
    if is_too_wide(page):
        yield "is wider than the smallest phone"
    # Before axe comes: what the page says by itself.
    yield from watch.complaints
    watch.complaints.clear()
    page.set_viewport_size(PHONE)
    page.add_script_tag(url=AXE)
    blocks = set(page.evaluate(BLOCKS))
    is_new = bool(blocks - seen)
    seen |= blocks
    yield from hard_to_use(page, colours=is_new)
    watch.complaints.clear()
    if is_new:
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size(WIDE)
        yield from hard_to_use(page)
