"""Buttons of the order list that die: `python -m tests.crash.many_at_once <step> <points>` with a shop's settings.

Each press is a forked process that kills itself at another line, and so is the worker's part of it; then both run once
more, undisturbed. How each order stood after the first death, and in the end, is printed as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from typing import Any

from flask import Flask
from jinja2 import FileSystemBytecodeCache

from shop import clock, create_app
from shop import db as database
from shop.catalogue.models import StockMovement, Variant
from shop.config import settings
from shop.orders.cancelling import Reason
from shop.orders.desk.bulk import act_on
from shop.orders.desk.coming import cancel_due
from shop.orders.desk.models import BulkItem, BulkStep, Outcome
from shop.orders.desk.steps import Wanted
from shop.orders.models import Hold, HoldState, Order, OrderEvent, OrderState, Refund, Shipment
from shop.outbox.models import Mail
from shop.outbox.services import send_due
from tests.crash.driver import Tracer, in_a_process, lines_of, report
from tests.support.listed import listed

WANTED = {
    "send": Wanted(BulkStep.SEND, carrier="own-round"),
    "cancel": Wanted(BulkStep.CANCEL, reason=Reason.SOLD_OUT),
}
ORDERS = 3
OVER = timedelta(seconds=31)
WRITTEN = ["shipped", "cancelled"]


class Press:
    """One press of a button for several orders, and what the worker does of it later."""

    def __init__(self, app: Flask, wanted: Wanted) -> None:
        self.wanted = wanted
        with app.app_context():
            database.open_connection()
            tote = Variant.get(Variant.sku == "alder-tote").id
            orders = [listed(state=OrderState.PACKED) for _ in range(ORDERS)]
            for order in orders:
                Hold.create(order=order.id, variant=tote, quantity=2, state=HoldState.SOLD, expires_at=clock.now())
        self.ids, self.numbers = [order.id for order in orders], [order.number for order in orders]

    def press(self, app: Flask, tracer: Tracer) -> None:
        with app.app_context():
            database.open_connection()
            with tracer:
                act_on(numbers=self.numbers, wanted=self.wanted, staff_id=1)

    def work(self, app: Flask, tracer: Tracer) -> None:
        clock.travel(OVER)
        with app.app_context():
            database.open_connection()
            with tracer:
                cancel_due()
            send_due()

    def standing(self, app: Flask) -> list[dict[str, Any]]:
        with app.app_context():
            database.open_connection()
            return [_standing(order_id) for order_id in self.ids]


def _standing(order_id: int) -> dict[str, Any]:
    order = Order.get_by_id(order_id)
    items = BulkItem.select(BulkItem.outcome).where(BulkItem.order == order_id).order_by(BulkItem.id)
    returned = StockMovement.select().where(StockMovement.ref == order.number, StockMovement.reason == "cancelled")
    mails = list(Mail.select().where(Mail.about_kind == "order", Mail.about_id == order_id))
    return {
        "state": order.state,
        "is_being_cancelled": order.cancel_due_at is not None,
        "acted": [item.outcome for item in items if item.outcome != Outcome.ALREADY],
        "events": OrderEvent.select().where(OrderEvent.order == order_id, OrderEvent.kind << WRITTEN).count(),
        "parcels": Shipment.select().where(Shipment.order == order_id).count(),
        "returned": [movement.quantity for movement in returned],
        "refunds": [refund.amount_cents for refund in Refund.select().where(Refund.order == order_id)],
        "mails": [[mail.state, mail.attempts] for mail in mails],
    }


def main(step: str, points: str) -> None:
    app = create_app()
    # Each process is a new one: what one of them has compiled, the others need not.
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(settings().shop_instance))
    database.db.obj.autoconnect = True
    first = Press(app, WANTED[step])
    pressed, worked = lines_of(app, first.press), lines_of(app, first.work)
    for at in range(int(points)):
        one, share = Press(app, WANTED[step]), at / max(1, int(points) - 1)
        report(in_a_process(lambda one=one, at=share: one.press(app, Tracer(1 + int(at * (pressed - 1))))))  # type: ignore[misc]
        _tell(died=one.standing(app))
        if step == "cancel":
            in_a_process(lambda one=one: one.press(app, Tracer(None)))  # type: ignore[misc]
            report(in_a_process(lambda one=one, at=share: one.work(app, Tracer(1 + int(at * (worked - 1))))))  # type: ignore[misc]
            _tell(worked=one.standing(app))
        in_a_process(lambda one=one: one.press(app, Tracer(None)))  # type: ignore[misc]
        in_a_process(lambda one=one: one.work(app, Tracer(None)))  # type: ignore[misc]
        _tell(ended=one.standing(app))


def _tell(**told: object) -> None:
    os.write(1, (json.dumps(told) + "\n").encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
