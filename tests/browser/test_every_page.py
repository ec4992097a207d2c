"""Each page in each of its states, before a real browser: usable by everybody, no wider than a phone, no complaints."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from ..practice import PracticeGateway
from ..support.browser import AXE, BLOCKS, Watch, hard_to_use, is_too_wide, served, with_pages
from ..support.every_page import Pages, every_page
from ..support.shops import DEMO, Shops, disconnect

pytestmark = pytest.mark.timeout(600)
SMALLEST, PHONE, WIDE = ({"width": width, "height": 800} for width in (320, 360, 1280))
PARTS = 2
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
def shown(
    shops: Shops, practice_gateway: PracticeGateway, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Pages]]:
    """Where the shop is served, and all its pages."""
    instance = tmp_path_factory.mktemp("every-page") / "shop"
    app = shops.new(instance, stock=DEMO, practice_gateway_url=practice_gateway.url, braintree_timeout=2)
    pages = every_page(app, practice_gateway)
    disconnect()
    with served(with_pages(app, pages)) as url:
        yield url, pages
    disconnect()


@pytest.mark.parametrize("part", range(PARTS))
def test_everybody_can_use_it_by_day_and_by_night_on_a_desk_and_on_a_phone(
    shown: tuple[str, Pages], browser: Browser, part: int
) -> None:
    url, pages = shown
    found, seen = [], set[str]()
    looked_at = [name for name in pages if name not in ALIKE]
    with browser.new_context(base_url=url, reduced_motion="reduce") as context:
        page = context.new_page()
        watch = Watch(page, payment_page="/shown/checkout")
        for name in looked_at[part::PARTS]:
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
