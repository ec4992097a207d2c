"""What the worker does in a minute, done here and now."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from shop import clock
from shop.jobs import run_job
from shop.orders.models import Payment, PaymentState

MONEY = ("ask about payments", "settle payments", "void payments", "expire orders")


def work(app: Flask, *, after: timedelta = timedelta(0)) -> None:
    """Run every job about money, as `after` from the real time."""
    clock.travel(after)
    with app.app_context():
        for name in MONEY:
            assert run_job(name), name


def work_until_decided(
    app: Flask, *, within: timedelta = timedelta(minutes=1), step: timedelta = timedelta(seconds=5)
) -> None:
    """Let the worker's minute pass, five seconds at a time, as it is kicked."""
    after = timedelta(0)
    undecided = Payment.state.in_([PaymentState.SENDING, PaymentState.UNKNOWN])
    while after <= within and Payment.select().where(undecided).exists():
        after += step
        work(app, after=after)
    work(app, after=after + timedelta(seconds=1))
