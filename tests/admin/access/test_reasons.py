"""Nobody at the desk opens what is a customer's without a reason, and the customer can read it."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop.admin.models import Look
from shop.audit.models import AuditEvent
from shop.config import settings
from shop.customers.models import Customer
from shop.orders.models import Order, OrderState
from shop.orders.notes.models import OrderNote
from shop.privacy.cases.models import Case, Topic
from shop.privacy.cases.services import close_case, open_case

from ...support.client import HtmxClient, ShopClient
from ...support.customers import CARO, caro, caros
from ...support.past import past_order

pytestmark = pytest.mark.once

__all__ = ["caro", "caros"]


def reasons() -> list[tuple[str, str]]:
    """What the trail says of openings, oldest first."""
    kinds = ("order-opened", "customer-opened", "case-read")
    events = AuditEvent.select().where(AuditEvent.kind.in_(kinds)).order_by(AuditEvent.number)
    return [(event.kind, json.loads(event.details)["reason"]) for event in events]


@pytest.fixture
def past(app: Flask) -> Order:
    """A guest's, sent long ago."""
    return past_order(CARO)


def ask_page(order: Order) -> str:
    return f"/admin/reason/order/{order.id}"


def say(client: ShopClient, order: Order, reason: str = "payment", **typed: str) -> str | None:
    """Open the order, answer the question, and come back: to which address."""
    asked = client.get(f"/admin/orders/{order.number}")
    assert asked.status_code == 303
    return client.submit(asked.location, action=ask_page(order), reason=reason, **typed).location


@pytest.mark.promise("P46")
def test_a_past_order_opens_only_with_a_reason_and_then_for_the_day(robin: ShopClient, past: Order) -> None:
    page = f"/admin/orders/{past.number}"
    asked = robin.get(page)
    assert (asked.status_code, asked.location) == (303, f"{ask_page(past)}?next={page}")
    question = robin.get(asked.location).text
    assert f"Why do you open order {past.number}?" in question
    assert "Wren" not in question and CARO not in question
    assert reasons() == []
    assert robin.submit(asked.location, action=ask_page(past), reason="payment").location == page
    for _ in range(2):
        assert "Wren Oakes" in robin.get(page).text
    assert reasons() == [("order-opened", "payment")] * 2
    clock.travel(timedelta(hours=25))
    assert robin.get(page).status_code == 303


def test_the_question_wants_an_answer_and_keeps_what_was_chosen(robin: ShopClient, past: Order) -> None:
    page = ask_page(past)
    assert "Choose a reason" in robin.submit(page, action=page).text
    answer = robin.submit(page, action=page, reason="other", next=None)
    assert answer.status_code == 422
    assert "Choose what it is." in answer.text
    assert robin.submit(page, action=page, reason="because I like to").status_code == 422
    assert robin.submit(page, action=page, reason="other", other="recall").location == "/admin/"
    robin.get(f"/admin/orders/{past.number}")
    assert reasons() == [("order-opened", "recall")]


def test_the_way_back_leads_nowhere_but_to_the_desk(robin: ShopClient, past: Order) -> None:
    page = ask_page(past)
    answer = robin.submit(page, action=page, reason="asked", next="https://evil.example/admin/")
    assert answer.location == "/admin/"


def test_what_does_not_exist_is_asked_about_by_nobody(robin: ShopClient, client: ShopClient, past: Order) -> None:
    for path in ("order/999", "case/999", "customer/999", "staff/1"):
        assert robin.get(f"/admin/reason/{path}").status_code == 404
    assert client.get(ask_page(past)).status_code == 303


@pytest.mark.promise("P46")
def test_an_order_that_waits_for_work_says_its_reason_itself(robin: ShopClient, past: Order) -> None:
    Order.update(state=OrderState.PLACED).where(Order.id == past.id).execute()
    page = f"/admin/orders/{past.number}"
    assert "Wren Oakes" in robin.get(page).text
    robin.submit(page, action=f"{page}/pack")
    Order.update(state=OrderState.SHIPPED).where(Order.id == past.id).execute()
    assert robin.get(page).status_code == 200
    assert {reason for _, reason in reasons()} == {"packing"}


def test_what_was_typed_on_a_page_opened_before_midnight_is_not_lost_to_the_question(
    robin: ShopClient, past: Order
) -> None:
    page = f"/admin/orders/{past.number}"
    say(robin, past)
    opened = robin.get(page)
    yesterday = clock.now().astimezone(settings().zone).date() - timedelta(days=1)
    Look.update(day=yesterday.isoformat()).execute()
    assert robin.get(page).status_code == 303, "a new day asks anew"
    robin.submit(opened, action=f"{page}/notes", text="Rings twice")
    assert OrderNote.select().count() == 1
    Look.update(day=(yesterday - timedelta(days=1)).isoformat()).execute()
    robin.submit(opened, action=f"{page}/notes", text="Too old")
    assert OrderNote.select().count() == 1


def test_packing_gives_no_reason_for_the_customers_other_orders(robin: ShopClient, caro: Customer) -> None:
    waiting, old = past_order(CARO, customer=caro), past_order(CARO, customer=caro)
    Order.update(state=OrderState.PACKED).where(Order.id == waiting.id).execute()
    assert robin.get(f"/admin/orders/{waiting.number}").status_code == 200
    assert robin.get(f"/admin/orders/{old.number}").status_code == 303
    say(robin, old, "asked")
    assert robin.get(f"/admin/orders/{old.number}").status_code == 200
    third = past_order(CARO, customer=caro)
    assert robin.get(f"/admin/orders/{third.number}").status_code == 200
    assert reasons()[-1] == ("order-opened", "asked")


def test_one_persons_reason_is_not_anothers(robin: ShopClient, sam: ShopClient, past: Order) -> None:
    say(robin, past)
    assert robin.get(f"/admin/orders/{past.number}").status_code == 200
    assert sam.get(f"/admin/orders/{past.number}").status_code == 303


def test_a_step_without_a_reason_leads_to_the_question_and_changes_nothing(robin: ShopClient, past: Order) -> None:
    page = f"/admin/orders/{past.number}"
    say(robin, past)
    token = re.search(r'name="csrf_token" value="([^"]+)"', robin.get(page).text)
    Look.delete().execute()
    assert token is not None
    answer = robin.post(f"{page}/cancel", data={"csrf_token": token[1], "reason": "other"})
    assert (answer.status_code, answer.location) == (303, f"{ask_page(past)}?next={page}")
    assert Order.get_by_id(past.id).state == OrderState.SHIPPED


@pytest.mark.promise("P46")
def test_htmx_is_led_to_the_question_too_and_its_first_look_is_noted(robin_htmx: HtmxClient, past: Order) -> None:
    page = f"/admin/orders/{past.number}"
    asked = robin_htmx.get(page, headers={"Referer": "http://localhost/admin/orders?state=shipped"})
    assert asked.headers["HX-Redirect"] == f"{ask_page(past)}?next=/admin/orders?state%3Dshipped"
    answer = robin_htmx.submit(ask_page(past), action=ask_page(past), reason="address")
    assert answer.headers["HX-Redirect"] == "/admin/"
    for _ in range(3):
        assert "Wren Oakes" in robin_htmx.get(page).text
    assert reasons() == [("order-opened", "address")]


def test_an_open_case_opens_by_itself_and_a_closed_one_asks(app: Flask, robin: ShopClient) -> None:
    with app.app_context():
        waiting = open_case(topic=Topic.SEE, email=CARO, text="What do you hold?")
        done: Case = open_case(topic=Topic.SEE, email=CARO, text="And before?")
        close_case(case=done, staff_id=1)
    assert robin.get(f"/admin/cases/{waiting.number}").status_code == 200
    asked = robin.get(f"/admin/cases/{done.number}")
    assert asked.location == f"/admin/reason/case/{done.id}?next=/admin/cases/{done.number}"
    robin.submit(asked.location, action=f"/admin/reason/case/{done.id}", reason="complaint")
    assert "And before?" in robin.get(f"/admin/cases/{done.number}").text
    assert reasons() == [("case-read", "case"), ("case-read", "complaint")]


@pytest.mark.promise("P46", "P54")
def test_the_customer_reads_why(robin: ShopClient, app: Flask, caros: ShopClient, caro: Customer) -> None:
    order = past_order(CARO, customer=caro)
    say(robin, order, "address")
    robin.get(f"/admin/orders/{order.number}")
    page = caros.get("/my-data").text
    assert "(A, owner) opened your order, to check an address" in page
