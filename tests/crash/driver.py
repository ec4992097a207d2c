"""Runs purchases that die: `python -m tests.crash.driver <scene> <points>` with a shop's settings in the environment.

Each purchase is a forked process of its own that executes real shop code under a line tracer and sends itself SIGKILL
at a chosen line; nothing of the shop knows about it. Then another fresh process does the worker's part. What became
of each purchase is printed as JSON; whoever started this compares the books.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any

from flask import Flask

import shop
from shop import create_app
from shop import db as database
from shop.catalogue.models import Variant
from shop.checkout.queries import Checkout
from shop.config import settings
from shop.orders.editing.changing import change_order
from shop.orders.editing.planning import Change
from shop.orders.models import Order, Payment
from shop.orders.services.paying import submit_order
from shop.orders.services.purchase import Means
from shop.payments.models import StoredCard
from tests.practice import PracticeGateway
from tests.support.changed import by_card, card_for, planned
from tests.support.customers import make_customer
from tests.support.shops import disconnect
from tests.support.strangers import ready_to_pay
from tests.support.till import VALID, ring_up
from tests.support.worker import work, work_until_decided

ROOT = Path(shop.__file__).parent
TRACED = (f"{ROOT / 'orders'}{os.sep}", f"{ROOT / 'payments'}{os.sep}", str(ROOT / "catalogue" / "stock.py"))
ENDS = {"killed": -signal.SIGKILL, "finished": 0}


class Tracer:
    """Counts the executed lines of the shop's own code, in every thread, and kills the process at line `last`."""

    def __init__(self, last: int | None, traced: tuple[str, ...] = TRACED) -> None:
        self.last, self.count, self.traced = last, 0, traced

    def __enter__(self) -> Tracer:
        threading.settrace(self.enter)
        sys.settrace(self.enter)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)
        threading.settrace(None)  # type: ignore[arg-type]

    def enter(self, frame: FrameType, _event: str, _argument: Any) -> Callable[..., Any] | None:
        return self.line if frame.f_code.co_filename.startswith(self.traced) else None

    def line(self, frame: FrameType, event: str, _argument: Any) -> Callable[..., Any]:
        if event == "line":
            self.count += 1
            if self.count == self.last:
                place = f"{Path(frame.f_code.co_filename).relative_to(ROOT)}:{frame.f_lineno}"
                os.write(1, (json.dumps({"place": place}) + "\n").encode())
                os.kill(os.getpid(), signal.SIGKILL)
        return self.line


def in_a_process(act: Callable[[], None]) -> str:
    """ "killed" or "finished"; anything else is a mistake of this driver and raises."""
    disconnect()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        try:
            act()
        except BaseException as error:
            os.write(2, repr(error).encode())
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return next(name for name, expected in ENDS.items() if expected == code)


def buy(app: Flask, tracer: Tracer) -> None:
    """One stranger's purchase, from the payment form's arrival to its answer."""
    with app.app_context():
        database.open_connection()
        checkout = Checkout(next_cart())
        assert checkout.idem
        with tracer:
            purchase = checkout.purchase(idem=checkout.idem, seen_total_cents=checkout.quote.total_cents)
            submit_order(purchase=purchase, means=Means(nonce=VALID))


_cart: list[Any] = []


def next_cart() -> Any:
    return _cart[-1]


def prepare(app: Flask) -> None:
    with app.app_context():
        database.open_connection()
        tote = Variant.get(Variant.sku == "alder-tote")
        _cart.append(ready_to_pay({tote.id: 1}).cart)


def lines_of(app: Flask, act: Callable[[Flask, Tracer], None]) -> int:
    """How many lines an undisturbed run has; it counts in its own process and says so through a pipe."""
    reading, writing = os.pipe()

    def counted() -> None:
        tracer = Tracer(None)
        act(app, tracer)
        os.write(writing, str(tracer.count).encode())

    assert in_a_process(counted) == "finished"
    return int(os.read(reading, 20))


def die_along(
    app: Flask,
    act: Callable[[Flask, Tracer], None],
    points: int,
    *,
    before: Callable[[Flask], None],
    **waiting: timedelta,
) -> None:
    """Let `act` die at lines spread over all that it runs, each time with the worker finding what is left."""
    before(app)
    lines = lines_of(app, act)
    for at in range(points):
        before(app)
        last = 1 + at * (lines - 1) // max(1, points - 1)
        report(in_a_process(lambda last=last: act(app, Tracer(last))))  # type: ignore[misc]
        in_a_process(lambda: work_until_decided(app, **waiting))


def buyer_dies(app: Flask, gateway: PracticeGateway, points: int) -> None:
    """The web process dies at a line of its own."""
    die_along(app, buy, points, before=prepare)


def buy_and_keep_the_card(app: Flask, tracer: Tracer) -> None:
    """A customer's purchase, with the box ticked that has the card saved."""
    with app.app_context():
        database.open_connection()
        checkout = Checkout(next_cart(), customer=make_customer(f"{secrets.token_hex(6)}@example.com", "Wren Oakes"))
        assert checkout.idem
        with tracer:
            purchase = checkout.purchase(idem=checkout.idem, seen_total_cents=checkout.quote.total_cents)
            submit_order(purchase=purchase, means=Means(nonce=VALID, keep_card=True))


def card_keeper_dies(app: Flask, gateway: PracticeGateway, points: int) -> None:
    """The web process dies while a card is being saved with the payment."""
    die_along(app, buy_and_keep_the_card, points, before=prepare)


_change: list[tuple[Order, StoredCard]] = []


def prepare_change(app: Flask) -> None:
    with app.app_context():
        database.open_connection()
        order = ring_up(Variant.get(Variant.sku == "alder-tote").id)
        _change.append((order, card_for(order)))


def change_the_order(app: Flask, tracer: Tracer) -> None:
    """Staff add something to an order, and charge its customer's saved card with it."""
    with app.app_context():
        database.open_connection()
        (order, card), pouch = _change[-1], Variant.get(Variant.sku == "clay-pouch")
        change = Change(added={pouch.id: 1})
        plan, seen = planned(order, change)
        with tracer:
            change_order(order=order, change=change, settling=by_card(card), digest=plan.digest, seen=seen, staff_id=1)


def changer_dies(app: Flask, gateway: PracticeGateway, points: int) -> None:
    """The web process dies while an order is changed."""
    within, step = timedelta(minutes=12), timedelta(seconds=30)
    die_along(app, change_the_order, points, before=prepare_change, within=within, step=step)


def buyer_dies_on_the_wire(app: Flask, gateway: PracticeGateway, points: int) -> None:
    """The web process dies while the gateway has its request: before the charge is made, or after."""
    for at in range(points):
        prepare(app)
        seen = len(gateway.ledger())
        gateway.faults("sale", "delay", seconds=2, after_commit=bool(at % 2))
        report(in_a_process(lambda at=at: buy_and_die_after(app, 0.3 + 0.2 * at)))  # type: ignore[misc]
        wait_until(lambda seen=seen: len(gateway.ledger()) > seen)  # type: ignore[misc]
        in_a_process(lambda: work_until_decided(app))


def buy_and_die_after(app: Flask, seconds: float) -> None:
    """Seconds after the payment's row is there."""

    def kill() -> None:
        before = Payment.select().count()
        wait_until(lambda: Payment.select().count() > before)
        time.sleep(seconds)
        os.kill(os.getpid(), signal.SIGKILL)

    watcher = threading.Thread(target=kill, daemon=True)
    watcher.start()
    time.sleep(0.2)
    buy(app, Tracer(None))


def worker_dies(app: Flask, gateway: PracticeGateway, points: int) -> None:
    """The charge's answer is lost, and then the worker that looks for it dies too, again and again."""

    def look(_: Flask, tracer: Tracer) -> None:
        with tracer:
            work_until_decided(app)

    def lose(_: Flask) -> None:
        prepare(app)
        lose_the_answer(app, gateway)

    die_along(app, look, points, before=lose)


def lose_the_answer(app: Flask, gateway: PracticeGateway) -> None:
    gateway.faults("sale", "drop_after_commit")
    in_a_process(lambda: buy(app, Tracer(None)))


def wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.02)


def report(end: str) -> None:
    os.write(1, (json.dumps({"end": end}) + "\n").encode())


_SCENES = (buyer_dies, buyer_dies_on_the_wire, card_keeper_dies, changer_dies, worker_dies)
SCENES = {scene.__name__: scene for scene in _SCENES}


def main(scene: str, points: str) -> None:
    app = create_app()
    database.db.obj.autoconnect = True
    gateway = PracticeGateway.at(settings().practice_gateway_url)
    SCENES[scene](app, gateway, int(points))
    in_a_process(lambda: work(app))
    with app.app_context():
        database.open_connection()
        states = [order.state for order in Order.select().order_by(Order.id)]
    os.write(1, (json.dumps({"orders": states}) + "\n").encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
