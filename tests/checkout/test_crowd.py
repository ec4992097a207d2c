"""Many at once, on whatever database the tests run on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from shop import db as database
from shop.catalogue.models import Variant
from shop.checkout.queries import Checkout
from shop.orders.models import Order, OrderState
from shop.orders.services.errors import SoldOut
from shop.orders.services.paying import submit_order
from shop.orders.services.purchase import Means
from shop.pricing.models import Discount
from shop.pricing.services import DiscountUsedUp

from ..practice import PracticeGateway
from ..support.strangers import ready_to_pay
from ..support.till import VALID, Shelf

BUYERS, AT_ONCE = 200, 16


@pytest.fixture
def settings_overrides(practice_gateway: PracticeGateway) -> dict[str, Any]:
    """All of them wait for the same two processors here: a slow answer must not look like a lost one."""
    return {"practice_gateway_url": practice_gateway.url, "braintree_timeout": 20}


def buy(app: Flask, checkout: Checkout) -> str:
    """How it ended: the order's state, or the class of what was in the way."""
    with app.app_context():
        database.open_connection()
        purchase = checkout.purchase(idem=checkout.idem, seen_total_cents=checkout.quote.total_cents)
        try:
            return str(submit_order(purchase=purchase, means=Means(nonce=VALID)).state)
        except (SoldOut, DiscountUsedUp) as error:
            return type(error).__name__


def all_at_once(app: Flask, checkouts: list[Checkout]) -> list[str]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda checkout: buy(app, checkout), checkouts))


@pytest.mark.timeout(600)
def test_two_hundred_buyers_for_the_last_ten_make_ten_orders(
    app: Flask, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    with app.app_context():
        checkouts = [ready_to_pay({shelf.last: 1}) for _ in range(BUYERS)]
        for checkout in checkouts:
            assert checkout.quote.total_cents and checkout.idem
    ended = all_at_once(app, checkouts)
    assert (ended.count(OrderState.PLACED), ended.count("SoldOut")) == (10, BUYERS - 10)
    assert Order.select().where(Order.state == OrderState.PLACED).count() == 10
    assert len(practice_gateway.ledger()) == 10
    sold_out = Variant.get_by_id(shelf.last)
    assert (sold_out.on_hand, sold_out.held) == (0, 0)


def test_carts_with_the_same_things_in_another_order_do_not_block_each_other(app: Flask, shelf: Shelf) -> None:
    with app.app_context():
        checkouts = [
            ready_to_pay(dict(items))
            for _ in range(5)
            for items in ([(shelf.tote, 1), (shelf.kale, 1)], [(shelf.kale, 1), (shelf.tote, 1)])
        ]
        for checkout in checkouts:
            assert checkout.quote.total_cents and checkout.idem
    assert set(all_at_once(app, checkouts)) == {OrderState.PLACED}


def test_a_code_is_used_no_more_often_than_its_limit(app: Flask, shelf: Shelf) -> None:
    Discount.update(use_limit=3, minimum_cents=0).execute()
    with app.app_context():
        checkouts = [ready_to_pay({shelf.kale: 1}, "WELCOME10") for _ in range(12)]
        for checkout in checkouts:
            assert checkout.quote.discount_cents and checkout.idem
    ended = all_at_once(app, checkouts)
    assert ended.count(OrderState.PLACED) == 3
    assert Discount.get().used == 3
