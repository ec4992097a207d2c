"""Erasures that die: `python -m tests.crash.forgetting <points>` with a shop's settings in the environment.

Each run of the worker is a forked process that kills itself at another line; then one more runs undisturbed. What is
left of each person is printed as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from types import FrameType
from typing import Any

from flask import Flask
from jinja2 import FileSystemBytecodeCache

from shop import clock, create_app
from shop import db as database
from shop.config import settings
from shop.customers.models import Customer
from shop.customers.services.consents import ConsentPurpose, give
from shop.customers.services.sessions import begin_session
from shop.orders.models import Order, OrderContact
from shop.outbox.models import Mail
from shop.privacy.erasing.models import Erasure
from shop.privacy.erasing.plan import plan_for
from shop.privacy.erasing.running import run_due_erasures
from shop.privacy.erasing.services import request_erasure
from shop.privacy.person import person_of, subjects_of
from shop.vault import Source, destroyed_at
from tests.crash.driver import ROOT, Tracer, in_a_process, report
from tests.support.customers import make_customer
from tests.support.past import address_of, past_order

WHERE = ("privacy/erasing/running.py", "orders/services/deactivating.py", "vault/services.py", "vault/erasures.py")
TRACED = tuple(str(ROOT / place) for place in WHERE)
UNDONE_NO_MORE = timedelta(days=3)


def somebody(app: Flask, number: int) -> tuple[int, list[str]]:
    """A customer with all that an account has, who asked to be forgotten: the erasure's id, and the keys that go."""
    with app.app_context():
        database.open_connection()
        customer = make_customer(f"wren{number}@oakes.example", "Wren Oakes")
        address_of(customer)
        begin_session(customer=customer)
        give(customer=customer, purpose=ConsentPurpose.NEWS, source=Source.SELF)
        past_order(str(customer.email), customer=customer)
        past_order(str(customer.email))
        person = person_of(customer)
        keys = sorted(subjects_of(person))
        erasure = request_erasure(person=person, plan_hash=plan_for(person).hash)
        return erasure.id, [*keys, erasure.subject]


def run(app: Flask, tracer: Tracer) -> None:
    clock.travel(UNDONE_NO_MORE)
    with app.app_context():
        database.open_connection()
        with tracer:
            run_due_erasures()


class Places(Tracer):
    """Notes how many lines had run when each place in the code was reached for the first time."""

    def __init__(self) -> None:
        super().__init__(None, TRACED)
        self.first: dict[tuple[str, int], int] = {}

    def line(self, frame: FrameType, event: str, argument: Any) -> Callable[..., Any]:
        super().line(frame, event, argument)
        if event == "line":
            self.first.setdefault((frame.f_code.co_filename, frame.f_lineno), self.count)
        return self.line


def places_of(app: Flask) -> list[int]:
    """The moments at which an undisturbed run reaches another place."""
    reading, writing = os.pipe()

    def counted() -> None:
        places = Places()
        run(app, places)
        os.write(writing, json.dumps(sorted(places.first.values())).encode())

    assert in_a_process(counted) == "finished"
    return list(json.loads(os.read(reading, 1_000_000)))


def left_of(app: Flask, erasure_id: int, keys: list[str]) -> dict[str, object]:
    with app.app_context():
        database.open_connection()
        erasure = Erasure.get_by_id(erasure_id)
        customer = Customer.get_by_id(erasure.customer_id)
        receipts = Mail.select().where(Mail.key == f"erasure-done:{erasure_id}").count()
        return {
            "state": erasure.state,
            "keys": sum(destroyed_at(key) is None for key in keys),
            "named": [customer.email, customer.name, customer.email_index, erasure.email],
            "receipts": receipts,
            "contacts": OrderContact.select().count(),
            "active": Order.select().where(Order.deactivated_at.is_null()).count(),
        }


def main(points: str) -> None:
    app = create_app()
    # Each process is a new one: what one of them has compiled, the others need not.
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(settings().shop_instance))
    database.db.obj.autoconnect = True
    somebody(app, 0)
    places = places_of(app)
    for at in range(int(points)):
        erasure_id, keys = somebody(app, at + 1)
        last = places[at * (len(places) - 1) // max(1, int(points) - 1)]
        report(in_a_process(lambda last=last: run(app, Tracer(last, TRACED))))  # type: ignore[misc]
        in_a_process(lambda: run(app, Tracer(None, ())))
        os.write(1, (json.dumps(left_of(app, erasure_id, keys)) + "\n").encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
