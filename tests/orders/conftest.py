"""Orders bought through the practice gateway, and the staff who carry them out."""

from __future__ import annotations

import pytest
from flask import Flask

from shop.orders.models import Order

from ..support.client import ShopClient
from ..support.desk import robin, robin_htmx, sam, staff
from ..support.till import Buyer, Shelf, ada, order_of, practice_gateway, running_gateway, settings_overrides, shelf

__all__ = [
    "ada",
    "practice_gateway",
    "robin",
    "robin_htmx",
    "running_gateway",
    "sam",
    "settings_overrides",
    "shelf",
    "staff",
]


@pytest.fixture
def order(app: Flask, shelf: Shelf) -> Order:
    """Two totes, placed and authorised."""
    return bought(app, shelf)


def bought(app: Flask, shelf: Shelf) -> Order:
    buyer = Buyer(ShopClient(app, use_cookies=True))
    buyer.reach_payment(shelf.tote, 2)
    return order_of(buyer.pay())
