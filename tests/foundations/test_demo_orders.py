"""The past orders of the demo shop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from shop import clock
from shop.admin.services import create_staff
from shop.config import settings
from shop.ops.demo.orders import PAST_ORDERS, seed_orders
from shop.orders.models import Order, OrderState
from shop.orders.services.reconciling import reconcile_day
from shop.orders.services.settling import settle_due, void_due
from shop.payments import gateway

from ..practice import PracticeGateway
from ..support.desk import PASSWORD, ROBIN
from ..support.till import running_gateway

__all__ = ["running_gateway"]


@pytest.fixture
def demo_staff(demo_app: Flask) -> Iterator[None]:
    """The orders are carried out by somebody."""
    with demo_app.app_context():
        create_staff(email=ROBIN, name="Robin Fern", password=PASSWORD, role="owner")
        yield


@pytest.fixture
def own_gateway(running_gateway: PracticeGateway) -> PracticeGateway:
    running_gateway.reset()
    gateway.circuit.note(worked=True)
    return running_gateway


@pytest.fixture
def settings_overrides(own_gateway: PracticeGateway) -> dict[str, Any]:
    """A shop whose own practice gateway is the one that runs."""
    return {"port": own_gateway.port - 801, "practice_gateway_url": own_gateway.url, "braintree_timeout": 5}


@pytest.mark.timeout(300)
def test_the_demo_shop_has_had_orders_that_the_gateway_knows(
    demo_app: Flask, demo_staff: object, own_gateway: PracticeGateway
) -> None:
    assert settings().runs_own_gateway
    assert seed_orders() == len(PAST_ORDERS)
    states = {order.state for order in Order.select()}
    assert states == {OrderState.PLACED, OrderState.PACKED, OrderState.SHIPPED, OrderState.CANCELLED}
    assert Order.select(Order.created_at).order_by(Order.id).first().created_at.date() < clock.now().date()
    settle_due()
    void_due()
    assert len(own_gateway.ledger()) == len(PAST_ORDERS)
    assert reconcile_day(clock.now()) == []
    assert seed_orders() == 0


@pytest.mark.timeout(300)
@pytest.mark.parametrize("settings_overrides", [{"smtp_url": "smtp://127.0.0.1:1"}])
def test_no_order_is_made_up_in_a_shop_that_writes_real_mail(demo_app: Flask, demo_staff: object) -> None:
    assert seed_orders() == 0
    assert Order.select().count() == 0
