"""Accounts that nobody uses: written to, forgotten when no answer comes, and kept by a visit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop.config import settings
from shop.customers.models import Customer
from shop.customers.services.sessions import begin_session
from shop.db import open_connection
from shop.orders.models import Order, OrderState, Payment, PaymentState
from shop.outbox.models import Mail, MailState
from shop.outbox.services import purge_old, send_due
from shop.privacy.erasing.dormancy import look_after_dormant
from shop.privacy.erasing.models import Erasure, ErasureState
from shop.privacy.erasing.running import run_due_erasures

from ..support.customers import CARO
from ..support.mailbox import subjects_to

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def shop(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        open_connection()
        yield app


def after() -> timedelta:
    return timedelta(days=settings().dormant_after_days)


def notice() -> timedelta:
    return timedelta(days=settings().dormant_notice_days)


def at(passed: timedelta) -> int:
    """The worker's hour, so long after the last visit; how many accounts it closed."""
    clock.travel(passed)
    closed = look_after_dormant()
    run_due_erasures()
    send_due()
    return closed


def is_open(customer: Customer) -> bool:
    return Customer.get_by_id(customer.id).closed_at is None


@pytest.mark.promise("P21")
def test_nobody_is_written_to_a_minute_early_and_everybody_once_in_time(shop: Flask, caro: Customer) -> None:
    at(after() - MINUTE)
    assert subjects_to(CARO) == []
    at(after() + MINUTE)
    at(after() + DAY)
    (subject,) = subjects_to(CARO)
    assert subject.startswith("Your account ends on ")


@pytest.mark.promise("P21")
def test_the_account_ends_when_the_notice_is_over_and_its_orders_are_deactivated(
    shop: Flask, caro: Customer, order: Order
) -> None:
    Order.update(customer=caro.id, state=OrderState.SHIPPED, shipped_at=clock.now()).execute()
    Payment.update(state=PaymentState.SETTLED).execute()
    noticed = after() + MINUTE
    at(noticed)
    assert at(noticed + notice() - MINUTE) == 0
    assert is_open(caro)
    assert at(noticed + notice() + MINUTE) == 1
    assert not is_open(caro)
    assert Order.get_by_id(order.id).deactivated_at is not None
    assert Erasure.get().state == ErasureState.DONE
    assert Customer.get_by_id(caro.id).email is None
    assert at(noticed + notice() + 2 * DAY) == 0
    assert Erasure.select().count() == 1


@pytest.mark.promise("P21")
def test_a_visit_keeps_the_account_and_the_time_begins_anew(shop: Flask, caro: Customer) -> None:
    noticed = after() + MINUTE
    at(noticed)
    clock.travel(noticed + notice() - MINUTE)
    begin_session(customer=caro)
    back = noticed + notice() - MINUTE
    assert at(noticed + notice() + MINUTE) == 0
    assert at(back + after() - MINUTE) == 0
    assert is_open(caro)
    assert Mail.select().where(Mail.key.startswith("dormant:")).count() == 1
    at(back + after() + MINUTE)
    assert Mail.select().where(Mail.key.startswith("dormant:")).count() == 2


@pytest.mark.promise("P21")
def test_a_visit_in_the_last_moment_stops_what_was_begun(shop: Flask, caro: Customer) -> None:
    noticed = after() + MINUTE
    at(noticed)
    clock.travel(noticed + notice() + MINUTE)
    assert look_after_dormant() == 1
    begin_session(customer=caro)
    assert run_due_erasures() == 0
    assert is_open(caro)
    assert Erasure.get().state == ErasureState.UNDONE
    assert Erasure.get().email is None


@pytest.mark.promise("P21")
def test_a_worker_that_missed_weeks_still_gives_the_whole_notice(shop: Flask, caro: Customer) -> None:
    late = after() + timedelta(weeks=30)
    assert at(late) == 0
    assert is_open(caro)
    assert at(late + notice() - MINUTE) == 0
    assert at(late + notice() + timedelta(weeks=3)) == 1


@pytest.mark.promise("P21")
def test_a_notice_that_has_not_left_is_no_notice(shop: Flask, caro: Customer) -> None:
    clock.travel(after() + MINUTE)
    look_after_dormant()
    clock.travel(after() + 2 * notice())
    assert look_after_dormant() == 0
    assert send_due() == 1
    assert at(after() + 3 * notice() - MINUTE) == 0
    assert at(after() + 3 * notice() + MINUTE) == 1


def test_an_address_that_takes_no_mail_does_not_keep_the_account_for_ever(shop: Flask, caro: Customer) -> None:
    clock.travel(after() + MINUTE)
    look_after_dormant()
    Mail.update(state=MailState.FAILED).execute()
    assert at(after() + notice() + 2 * MINUTE) == 1


@pytest.mark.promise("P21")
def test_a_clock_that_jumped_ahead_and_back_closes_nothing(shop: Flask, caro: Customer) -> None:
    at(after() + 400 * DAY)
    assert at(DAY) == 0
    assert is_open(caro)
    assert at(after() + MINUTE) == 0
    assert Mail.select().where(Mail.key.startswith("dormant:")).count() == 2
    assert at(after() + notice() - MINUTE) == 0
    assert is_open(caro)


def test_the_notice_counts_though_its_text_was_purged(shop: Flask, caro: Customer) -> None:
    noticed = after() + MINUTE
    at(noticed)
    clock.travel(noticed + timedelta(days=settings().keep_mail_days) + MINUTE)
    purge_old()
    assert at(noticed + max(notice(), timedelta(days=settings().keep_mail_days)) + 2 * MINUTE) == 1
