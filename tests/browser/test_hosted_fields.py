"""The same checkout with CARD_ENTRY=hosted-fields, for the day when Braintree ends its Drop-in."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from shop.orders.models import OrderState

from ..practice import PracticeGateway
from ..support.browser import pay
from ..support.visitor import VISA, order_on, reach_payment


@pytest.fixture
def settings_overrides(practice_gateway: PracticeGateway) -> dict[str, Any]:
    return {"practice_gateway_url": practice_gateway.url, "card_entry": "hosted-fields"}


def test_a_bag_is_bought(page: Page) -> None:
    reach_payment(page, "hal@example.com")
    pay(page, VISA)

    assert order_on(page).state == OrderState.PLACED
