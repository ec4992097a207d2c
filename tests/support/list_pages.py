"""The order list in its states."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from werkzeug.test import TestResponse

from shop.days import today
from shop.orders.cancelling import Reason
from shop.orders.desk.bulk import act_on
from shop.orders.desk.models import BulkStep
from shop.orders.desk.steps import Wanted
from shop.orders.models import OrderState

from .client import ShopClient
from .listed import listed

LIST = "/admin/orders"


def list_pages(app: Flask, robin: ShopClient) -> dict[str, TestResponse]:
    """`robin` is the owner's browser."""
    with app.app_context():
        order = listed("Ada Lovelace", note="Knock.", deliver_on=today(), needs_look=True)
        late = listed(state=OrderState.PACKED, deliver_on=today() - timedelta(days=3))
        wanted = Wanted(BulkStep.PACK)
        done = act_on(numbers=[order.number, late.number], wanted=wanted, staff_id=1)
        going = listed("Bo Reed")
        act_on(numbers=[going.number], wanted=Wanted(BulkStep.CANCEL, reason=Reason.OTHER), staff_id=1)
    by_day = f"{LIST}?tab=days&sort=oldest&note=1"
    robin.submit(by_day, action=f"{LIST}/views", name="By day")
    return {
        "admin-orders-by-day": robin.get(by_day),
        "admin-orders-done-to-many": robin.get(f"{LIST}?did={done.token}&all=1"),
        "admin-orders-none-chosen": robin.submit(LIST, action=f"{LIST}/bulk", button="do=pack"),
        "admin-orders-cancel-many": robin.get(f"{LIST}/cancel?numbers={order.number},{late.number}"),
        "admin-order-being-cancelled": robin.get(f"{LIST}/{going.number}"),
        "admin-orders-none-like-that": robin.get(f"{LIST}?country=DE&code=NOSUCH"),
    }
