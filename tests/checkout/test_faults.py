"""Each way the gateway can fail while a card is charged, through the whole checkout."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from flask import Flask

from shop.orders.models import Order, OrderEvent, OrderState, Payment, PaymentState
from shop.payments import gateway

from ..practice import PracticeGateway
from ..support.till import Buyer, Shelf, order_of
from ..support.worker import work, work_until_decided

NOT_PROCESSED = ["401", "403", "404", "426", "429"]
AFTER_THE_CHARGE = ["drop_after_commit", "html", "empty", "bad_xml", "drip"]
UNKNOWN_CODES = ["408", "500", "502", "503", "504"]


def charges(gateway: PracticeGateway) -> list[str]:
    return [one["status"] for one in gateway.ledger()]


@pytest.mark.parametrize("fault", AFTER_THE_CHARGE)
def test_a_charge_whose_answer_is_lost_is_found_within_a_minute(
    ada: Buyer, shelf: Shelf, app: Flask, practice_gateway: PracticeGateway, fault: str
) -> None:
    page = ada.reach_payment(shelf.tote)
    practice_gateway.faults("sale", fault)
    answer = ada.pay(page=page)
    assert answer.status_code == 303
    waiting = ada.client.get(answer.headers["Location"])
    assert "We are checking with the bank" in waiting.text
    assert order_of(answer).state == OrderState.PENDING
    work_until_decided(app)
    assert order_of(answer).state == OrderState.PLACED
    assert charges(practice_gateway) == ["submitted_for_settlement"]
    assert ada.client.get(answer.headers["Location"]).headers["Location"].startswith("/orders/")


@pytest.mark.parametrize("code", UNKNOWN_CODES)
@pytest.mark.parametrize("after_commit", [True, False], ids=["charged", "not charged"])
def test_a_server_error_says_nothing_about_the_charge(
    ada: Buyer, shelf: Shelf, app: Flask, practice_gateway: PracticeGateway, code: str, after_commit: bool
) -> None:
    page = ada.reach_payment(shelf.tote)
    practice_gateway.faults("sale", code, after_commit=after_commit)
    answer = ada.pay(page=page)
    assert "/checkout/waiting/" in answer.headers["Location"]
    work_until_decided(app)
    assert order_of(answer).state == OrderState.PLACED
    assert charges(practice_gateway) == ["submitted_for_settlement"]


def test_a_connection_dropped_before_the_charge_is_sent_once_more(
    ada: Buyer, shelf: Shelf, app: Flask, practice_gateway: PracticeGateway
) -> None:
    page = ada.reach_payment(shelf.tote)
    practice_gateway.faults("sale", "drop_before")
    answer = ada.pay(page=page)
    work(app, after=timedelta(seconds=6))
    assert order_of(answer).state == OrderState.PENDING
    work_until_decided(app)
    assert order_of(answer).state == OrderState.PLACED
    assert charges(practice_gateway) == ["submitted_for_settlement"]


def test_a_charge_that_arrives_after_the_deadline_is_found(
    ada: Buyer, shelf: Shelf, app: Flask, practice_gateway: PracticeGateway
) -> None:
    page = ada.reach_payment(shelf.tote)
    practice_gateway.faults("sale", "delay", seconds=7)
    answer = ada.pay(page=page)
    assert order_of(answer).state == OrderState.PENDING
    end = time.monotonic() + 30
    while not practice_gateway.ledger() and time.monotonic() < end:
        time.sleep(0.05)
    work_until_decided(app)
    assert order_of(answer).state == OrderState.PLACED
    assert charges(practice_gateway) == ["submitted_for_settlement"]


@pytest.mark.parametrize("code", NOT_PROCESSED)
def test_a_gateway_that_refuses_to_be_asked_charges_nothing(
    ada: Buyer, shelf: Shelf, practice_gateway: PracticeGateway, code: str
) -> None:
    page = ada.reach_payment(shelf.tote)
    practice_gateway.faults("sale", code)
    answer = ada.pay(page=page)
    assert answer.status_code == 503
    assert "You were not charged" in answer.text
    assert "The payment was declined" not in answer.text
    order = Order.get()
    assert order.state == OrderState.PAYMENT_FAILED
    assert OrderEvent.select().where(OrderEvent.order == order, OrderEvent.kind == "alarm").exists()
    assert ada.pay().status_code == 303
    assert Order.get_by_id(order.id).state == OrderState.PLACED
    assert charges(practice_gateway) == ["authorized"]


def test_without_a_token_the_page_itself_says_that_no_card_can_be_typed(
    ada: Buyer, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    said = "The secure card form cannot be reached just now"
    assert said not in ada.reach_payment(shelf.tote)
    practice_gateway.faults("client_token", "500")
    assert said in ada.payment_page()


def test_a_lost_charge_that_was_declined_lets_the_shopper_try_again(
    ada: Buyer, shelf: Shelf, app: Flask, practice_gateway: PracticeGateway
) -> None:
    page = ada.reach_payment(shelf.tote)
    practice_gateway.faults("sale", "drop_after_commit")
    answer = ada.pay("fake-processor-declined-visa-nonce", page=page)
    work_until_decided(app)
    assert order_of(answer).state == OrderState.PAYMENT_FAILED
    back = ada.client.get(answer.headers["Location"])
    page = ada.client.get(back.headers["Location"]).text
    assert "The payment was declined" in page
    assert ada.pay(page=page).status_code == 303
    assert order_of(answer).state == OrderState.PLACED


def test_two_charges_for_one_payment_leave_one(
    ada: Buyer, shelf: Shelf, app: Flask, practice_gateway: PracticeGateway
) -> None:
    """A request that a proxy sent twice, with a published code that can be used more than once."""
    page = ada.reach_payment(shelf.tote)
    practice_gateway.faults("sale", "drop_after_commit")
    order = order_of(ada.pay(page=page))
    payment = Payment.get(Payment.order == order)
    _charge_once_more(payment, practice_gateway)
    work_until_decided(app)
    assert sorted(charges(practice_gateway)) == ["submitted_for_settlement", "voided"]
    assert OrderEvent.select().where(OrderEvent.order == order, OrderEvent.kind == "alarm").exists()


def _charge_once_more(payment: Payment, practice_gateway: PracticeGateway) -> None:
    # Another card, or the gateway's own net for duplicates would catch it.
    outcome = gateway.authorise(ref=payment.ref, amount_cents=payment.amount_cents, nonce="fake-valid-mastercard-nonce")
    assert isinstance(outcome, gateway.Authorised)


def test_an_outcome_that_nobody_can_tell_alarms_after_an_hour(
    ada: Buyer, shelf: Shelf, app: Flask, practice_gateway: PracticeGateway
) -> None:
    page = ada.reach_payment(shelf.tote)
    practice_gateway.faults("*", "503", times=1000)
    order = order_of(ada.pay(page=page))
    for minutes in (1, 30, 61, 70):
        work(app, after=timedelta(minutes=minutes))
    assert Order.get_by_id(order.id).state == OrderState.PENDING
    alarms = OrderEvent.select().where(OrderEvent.order == order, OrderEvent.kind == "alarm")
    assert alarms.count() == 1


def test_a_payment_that_never_arrived_fails_when_its_code_is_too_old(
    ada: Buyer, shelf: Shelf, app: Flask, practice_gateway: PracticeGateway
) -> None:
    page = ada.reach_payment(shelf.tote)
    practice_gateway.faults("sale", "drop_before", times=1000)
    order = order_of(ada.pay(page=page))
    work(app, after=timedelta(hours=4))
    assert Order.get_by_id(order.id).state == OrderState.PAYMENT_FAILED
    assert Payment.get(Payment.order == order).state == PaymentState.FAILED
    assert charges(practice_gateway) == []


@pytest.mark.parametrize("fault", ["500", "drop_after_commit", "empty"])
def test_settling_is_asked_for_until_it_is_known(
    ada: Buyer, shelf: Shelf, app: Flask, practice_gateway: PracticeGateway, fault: str
) -> None:
    page = ada.reach_payment(shelf.tote)
    order = order_of(ada.pay(page=page))
    practice_gateway.faults("submit_for_settlement", fault)
    work(app)
    assert Payment.get(Payment.order == order).state == PaymentState.AUTHORIZED
    work(app, after=timedelta(minutes=1))
    assert Payment.get(Payment.order == order).state == PaymentState.SETTLING
    assert charges(practice_gateway) == ["submitted_for_settlement"]


def test_a_gateway_that_is_down_takes_no_orders_and_keeps_the_cart(
    ada: Buyer, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    page = ada.reach_payment(shelf.tote)
    practice_gateway.faults("*", "503", times=1000)
    for _ in range(6):
        ada.payment_page()
    answer = ada.pay(page=page)
    assert answer.status_code == 503
    assert "We cannot take orders right now" in answer.text
    assert "Retry-After" in answer.headers
    assert Order.select().count() == 0
    assert "Alder Tote" in ada.client.get("/cart").text
