"""A card saved with one purchase pays for the next ones, with JavaScript and without."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from shop.config import ROOT
from shop.customers.models import Customer
from shop.orders.models import Order, OrderState, Payment
from shop.payments.models import StoredCard
from shop.payments.queries import cards_of
from tests.support.browser import hard_to_use, is_too_wide, opened, type_card
from tests.support.client import ShopClient
from tests.support.customers import caro, caros
from tests.support.till import Buyer, Shelf, shelf
from tests.support.visitor import VISA

__all__ = ["caro", "caros", "shelf"]
pytestmark = pytest.mark.timeout(240)
SCREENSHOTS = ROOT / "build" / "screenshots"


def newest() -> Order:
    found: Order = Order.select().order_by(Order.id.desc()).get()
    return found


def test_a_card_is_saved_when_ticked_and_pays_for_the_next_orders(
    app: Flask, browser: Browser, caros: ShopClient, caro: Customer, shelf: Shelf
) -> None:
    buyer = Buyer(caros)
    buyer.reach_payment(shelf.kale)
    with opened(browser, app, caros) as page:
        page.goto("/checkout?step=payment")
        tick = page.get_by_label("Save this card for next time")
        expect(tick).not_to_be_checked()
        type_card(page, VISA)
        tick.check()
        page.get_by_role("button", name="Pay $").click()
        expect(page.get_by_role("heading", name="We have your order")).to_be_visible()
        assert [card.words for card in cards_of(caro.id)] == ["Visa ending in 1111"]
        page.goto("/account/cards")
        expect(page.get_by_role("main")).to_contain_text("Visa ending in 1111")
        assert hard_to_use(page) == []

    card = StoredCard.get()
    for has_javascript in (True, False):
        buyer.reach_payment(shelf.tote)
        with opened(browser, app, caros, java_script_enabled=has_javascript) as page:
            page.goto("/checkout?step=payment")
            expect(page.get_by_role("radio", name="Visa ending in 1111")).to_be_checked()
            if has_javascript:
                assert hard_to_use(page) == []
                assert not is_too_wide(page)
                SCREENSHOTS.mkdir(parents=True, exist_ok=True)
                page.screenshot(path=SCREENSHOTS / "a-saved-card-pays.png", full_page=True)
            page.get_by_role("button", name="with the saved card").click()
            expect(page.get_by_role("heading", name="We have your order")).to_be_visible()
            assert page.url.endswith(f"/orders/{newest().number}")
        assert newest().state == OrderState.PLACED
        assert Payment.get(Payment.order == newest()).card_id == card.id

    with opened(browser, app, caros, java_script_enabled=False) as page:
        page.goto("/account/cards")
        page.get_by_text("Remove", exact=False).first.click()
        page.get_by_role("button", name="Remove Visa").click()
        expect(page.get_by_role("main")).to_contain_text("No saved cards")
    assert cards_of(caro.id) == []
