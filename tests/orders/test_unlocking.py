"""The name on a forgotten order's invoice: locked, and opened by the owner alone, with a reason, on the record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop.audit.queries import events_about
from shop.orders.models import Order, OrderState, Payment, PaymentState
from shop.orders.services.deactivating import deactivate
from shop.orders.services.unlocking import OPEN_FOR

from ..support.client import HtmxClient, ShopClient

NAME = "Ada Lovelace"


@pytest.fixture
def locked(app: Flask, order: Order) -> Order:
    Order.update(state=OrderState.CANCELLED).where(Order.id == order.id).execute()
    Payment.update(state=PaymentState.SETTLED).execute()
    with app.app_context():
        deactivate(order)
    return Order.get_by_id(order.id)


@pytest.mark.promise("P20")
def test_the_desk_shows_locked_and_nothing_else(robin: ShopClient, locked: Order) -> None:
    page = robin.get(f"/admin/orders/{locked.number}")
    assert "Locked" in page.text
    assert NAME not in page.text
    assert "Analytical Way" not in page.text
    assert NAME not in robin.get("/admin/orders").text
    for search in ("ada.lovelace@example.com", "Lovelace"):
        assert locked.number not in robin.get("/admin/orders", query_string={"q": search}).text


@pytest.mark.promise("P20")
def test_the_owner_sees_the_name_for_a_reason_that_is_kept(robin: ShopClient, locked: Order) -> None:
    page = f"/admin/orders/{locked.number}/unlock"
    assert NAME not in robin.get(page).text
    refused = robin.submit(page, action=page)
    assert refused.status_code == 422
    assert "Choose a reason" in refused.text
    assert robin.submit(page, action=page, reason="tax-audit").status_code == 303
    assert NAME in robin.get(page).text
    (event,) = [event for event in events_about("order", locked.id) if event.kind == "invoice-unlocked"]
    assert (event.actor, event.details) == ("staff:1", '{"reason":"tax-audit"}')
    clock.travel(OPEN_FOR + timedelta(seconds=5))
    assert NAME not in robin.get(page).text


def test_with_htmx_the_name_comes_in_place(robin_htmx: HtmxClient, locked: Order) -> None:
    page = f"/admin/orders/{locked.number}/unlock"
    assert NAME in robin_htmx.submit(page, action=page, reason="recall").text


def test_nobody_else_can_ask_and_the_owners_look_opens_it_for_nobody_else(
    robin: ShopClient, sam: ShopClient, client: ShopClient, locked: Order
) -> None:
    page = f"/admin/orders/{locked.number}/unlock"
    robin.submit(page, action=page, reason="court")
    assert sam.get(page).status_code == 403
    assert client.get(page).status_code == 303
    assert NAME not in sam.get(f"/admin/orders/{locked.number}").text


def test_an_order_that_is_not_locked_has_nothing_to_unlock(robin: ShopClient, order: Order) -> None:
    assert robin.get(f"/admin/orders/{order.number}/unlock").status_code == 404
    assert robin.get("/admin/orders/ZZZZ-ZZZZ/unlock").status_code == 404
