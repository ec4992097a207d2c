"""A shop of any size, made up for measuring."""

from __future__ import annotations

import pytest
from flask import Flask

from shop.catalogue.models import Product
from shop.config import PRODUCTION
from shop.ops.demo.many import ForTrying, Made, fill, refuse_in
from shop.orders.desk.counting import counts
from shop.orders.desk.listing import orders_page
from shop.orders.desk.state import ListState
from shop.orders.models import Order, OrderContact, OrderState


def test_only_what_is_missing_is_added_and_the_list_holds_it(demo_app: Flask) -> None:
    with demo_app.app_context():
        before = Product.select().count()
        assert fill(orders=60, products=before + 5, say=print) == Made(5, 60)
        assert fill(orders=60, products=before + 5, say=print) == Made(0, 0)
        held = {tab.name: tab.count for tab in counts().tabs}
        assert held[""] == Order.select().count() == 60
        assert held["done"] == Order.select().where(Order.state == OrderState.DONE).count() > 20
        found, _ = orders_page(ListState(tab="done"))
        assert len(found.rows) == 25
        assert OrderContact.get().delivery_name


def test_nothing_is_made_up_in_a_shop_that_is_open() -> None:
    with pytest.raises(ForTrying, match="in production"):
        refuse_in(PRODUCTION)
    refuse_in("demo")
