"""The demo as `make shop` starts it: its own practice gateway over plain http, past orders, and a stranger who buys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from shop.ops.demo.orders import PAST_ORDERS
from shop.orders.models import Order, OrderState

from ..practice import PracticeGateway, free_port
from ..support.books import wrong_in_the_books
from ..support.browser import Watch, pay
from ..support.running import RunningShop
from ..support.shops import DEMO, Shops, disconnect
from ..support.visitor import VISA, order_on, reach_payment

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def shop(shops: Shops, tmp_path: Path) -> Iterator[RunningShop]:
    shops.new(tmp_path / "demo", stock=DEMO, port=free_port())
    made = RunningShop()
    made.start()
    yield made
    made.stop()
    disconnect()


@pytest.fixture
def page(shop: RunningShop, browser: Browser) -> Iterator[Page]:
    with browser.new_context(base_url=shop.url) as context:
        tab = context.new_page()
        watch = Watch(tab)
        yield tab
        assert watch.complaints == []


def test_it_sells_a_bag(page: Page, shop: RunningShop) -> None:
    reach_payment(page, "demi@example.com")
    pay(page, VISA)

    assert order_on(page).state == OrderState.PLACED
    for _ in range(100):
        if Order.select().count() > len(PAST_ORDERS):
            break
        page.wait_for_timeout(200)
    assert wrong_in_the_books(PracticeGateway.at(shop.settings.practice_gateway_url), shop.shelf) == []
