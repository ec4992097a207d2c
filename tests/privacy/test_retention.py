"""Each kind of record has its clock: keys end by themselves, and what then can be read no more leaves the tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from shop import clock, vault
from shop.config import settings
from shop.customers.models import Customer, LinkPurpose, MailedLink
from shop.customers.services.links import make_link
from shop.db import open_connection
from shop.jobs import run_job
from shop.orders.models import Order, OrderContact, Payment
from shop.privacy.cases.models import Case, Topic
from shop.privacy.cases.services import close_case, open_case
from shop.privacy.erasing.plan import plan_for
from shop.privacy.erasing.running import run_due_erasures
from shop.privacy.erasing.services import request_erasure
from shop.privacy.person import person_of
from shop.privacy.retention import FORGET_EXPIRED, forget_expired, retention_board

from ..support.customers import CARO
from ..support.past import past_order


@pytest.fixture
def shop(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        open_connection()
        yield app


def test_rows_that_can_be_read_no_more_leave_the_tables(shop: Flask, caro: Customer) -> None:
    make_link(purpose=LinkPurpose.MY_DATA, email=CARO)
    close_case(case=open_case(topic=Topic.QUESTION, email=CARO, text="?", acknowledge=False), staff_id=1)
    forget_expired()
    assert (MailedLink.select().count(), Case.select().count()) == (1, 1)
    clock.travel(timedelta(hours=2))
    forget_expired()
    assert (MailedLink.select().count(), Case.select().count()) == (0, 1)
    clock.travel(timedelta(days=settings().keep_case_days + 1))
    forget_expired()
    assert Case.select().count() == 0
    assert Customer.get_by_id(caro.id).email == CARO


def test_a_used_link_leaves_the_tables_too(shop: Flask) -> None:
    make_link(purpose=LinkPurpose.MY_DATA, email=CARO)
    vault.destroy_subject(MailedLink.get().subject)
    forget_expired()
    assert MailedLink.select().count() == 0


@pytest.mark.promise("P20")
def test_an_old_order_forgets_its_customer_and_stays(shop: Flask, order: Order) -> None:
    Order.update(state="shipped", shipped_at=clock.now()).execute()
    clock.travel(timedelta(days=settings().keep_order_days + 1))

    Payment.update(state="settled").execute()
    forget_expired()
    left = Order.get_by_id(order.id)
    assert (left.deactivated_at is not None, left.total_cents) == (True, order.total_cents)
    assert OrderContact.select().count() == 0


def test_the_board_says_what_stands_and_what_goes_on_which_day(shop: Flask, caro: Customer) -> None:
    close_case(case=open_case(topic=Topic.QUESTION, email=CARO, text="?", acknowledge=False), staff_id=1)
    clock.travel(timedelta(days=settings().keep_case_days - 10))
    board = retention_board({"case": "Requests and complaints"})
    shown = {each.name: each for each in board.classes}
    ends = (clock.now() + timedelta(days=10)).astimezone(settings().zone).date()
    assert (shown["case"].title, shown["case"].count, shown["case"].due) == ("Requests and complaints", 1, [(ends, 1)])
    assert (shown["profile"].count, shown["profile"].days, shown["profile"].due) == (1, None, [])
    assert shown["order"].setting == "KEEP_ORDER_DAYS"
    assert board.last_run is None


def test_the_board_tells_when_keys_stand_longer_than_they_may(shop: Flask) -> None:
    make_link(purpose=LinkPurpose.MY_DATA, email=CARO)
    clock.travel(timedelta(hours=4))
    assert retention_board({}).overdue == 1
    assert run_job(FORGET_EXPIRED)
    board = retention_board({})
    assert (board.overdue, board.was_well) == (0, True)
    assert board.last_run is not None


@pytest.mark.promise("P22", "P23")
def test_what_a_restore_brought_back_is_cleared_away_again(shop: Flask, caro: Customer) -> None:
    order = past_order(CARO, customer=caro)
    contact, subject = OrderContact.get(), caro.subject
    person = person_of(caro)
    request_erasure(person=person, plan_hash=plan_for(person).hash)
    clock.travel(timedelta(hours=settings().erase_undo_hours, minutes=1))
    run_due_erasures()
    # The data, but not the keys, as they were before: so it is after an older backup was restored.
    Customer.update(closed_at=None).execute()
    Order.update(deactivated_at=None, customer=caro.id).execute()
    OrderContact.insert(
        subject=contact.subject, source=contact.source, order=order.id, delivery_name=contact.__data__["delivery_name"]
    ).execute()
    forget_expired()
    assert Order.get_by_id(order.id).deactivated_at is not None
    assert OrderContact.select().count() == 0
    assert (Customer.get().closed_at is not None, Customer.get().subject) == (True, subject)
