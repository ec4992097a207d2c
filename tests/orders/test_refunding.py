"""Money that goes back, and what is done when nobody knows whether it did."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop import db as database
from shop.orders.cancelling import Reason
from shop.orders.models import Order, OrderEvent, Payment, PaymentState, Refund, RefundState
from shop.orders.queries import order_file
from shop.orders.refundable import RefundTooLarge
from shop.orders.services.fulfilment import cancel_order
from shop.orders.services.refunds import request_refund, send_due_refunds, try_refund_again
from shop.orders.services.settling import settle_due, void_due
from shop.payments import gateway

from ..practice import PracticeGateway


@pytest.fixture(autouse=True)
def in_the_app(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def settled(order: Order, practice_gateway: PracticeGateway) -> Order:
    settle_due()
    practice_gateway.night()
    return order


def credits(practice: PracticeGateway) -> list[str]:
    return [one["status"] for one in practice.ledger() if one["type"] == "credit"]


def ask_later(minutes: float) -> None:
    clock.travel(timedelta(minutes=minutes))
    send_due_refunds()


def test_refunding_never_passes_what_was_taken(settled: Order) -> None:
    payment = Payment.get()
    request_refund(payment=payment, amount_cents=payment.amount_cents - 1, reason="", actor="staff:1")
    with pytest.raises(RefundTooLarge):
        request_refund(payment=payment, amount_cents=2, reason="", actor="staff:1")
    request_refund(payment=payment, amount_cents=1, reason="", actor="staff:1")
    assert Order.get().refunded_cents == payment.amount_cents


def test_a_part_waits_until_the_money_is_taken(order: Order, practice_gateway: PracticeGateway) -> None:
    settle_due()
    request_refund(payment=Payment.get(), amount_cents=500, reason="", actor="staff:1")
    send_due_refunds()
    assert Refund.get().state == RefundState.REQUESTED
    practice_gateway.night()
    ask_later(5)
    assert Refund.get().state == RefundState.DONE
    assert Order.get().refunded_cents == 500


@pytest.mark.parametrize("fault", ["drop_after_commit", "html", "empty", 500])
def test_a_refund_whose_answer_is_lost_is_found_and_not_sent_again(
    settled: Order, practice_gateway: PracticeGateway, fault: str | int
) -> None:
    practice_gateway.faults("refund", fault, after_commit=True)
    cancel_order(order=settled, reason=Reason.OTHER, staff_id=1)
    send_due_refunds()
    assert Refund.get().state == RefundState.UNKNOWN
    ask_later(2)
    ask_later(20)
    ask_later(60)
    assert Refund.get().state == RefundState.DONE
    assert len(credits(practice_gateway)) == 1


def test_a_refund_that_never_arrived_is_sent_again_once_it_is_sure(
    settled: Order, practice_gateway: PracticeGateway
) -> None:
    practice_gateway.faults("refund", "drop_before")
    cancel_order(order=settled, reason=Reason.OTHER, staff_id=1)
    send_due_refunds()
    ask_later(5)
    assert Refund.get().state == RefundState.UNKNOWN
    assert credits(practice_gateway) == []
    ask_later(30)
    assert Refund.get().state == RefundState.DONE
    assert len(credits(practice_gateway)) == 1


def test_a_worker_killed_while_refunding_leaves_it_to_be_found(
    settled: Order, practice_gateway: PracticeGateway
) -> None:
    cancel_order(order=settled, reason=Reason.OTHER, staff_id=1)
    send_due_refunds()
    # As it stood before the answer was written down.
    Refund.update(state=RefundState.SENT, gateway_id=None, decided_at=None, due_at=clock.now()).execute()
    send_due_refunds()
    assert Refund.get().state == RefundState.DONE
    assert len(credits(practice_gateway)) == 1


def test_nothing_is_asked_of_a_gateway_that_is_down(settled: Order, practice_gateway: PracticeGateway) -> None:
    practice_gateway.faults("find", 503, times=2)
    cancel_order(order=settled, reason=Reason.OTHER, staff_id=1)
    send_due_refunds()
    assert Refund.get().state == RefundState.REQUESTED
    ask_later(5)
    ask_later(10)
    assert Refund.get().state == RefundState.DONE


def test_a_refund_the_gateway_refuses_is_an_alarm_and_counts_for_nothing(
    settled: Order, practice_gateway: PracticeGateway
) -> None:
    practice_gateway.ask("POST", "/practice/reset")
    cancel_order(order=settled, reason=Reason.OTHER, staff_id=1)
    send_due_refunds()
    assert Refund.get().state == RefundState.FAILED
    assert Order.get().refunded_cents == 0
    kinds = {event.kind for event in OrderEvent.select()}
    assert {"refund failed", "alarm"} <= kinds


@pytest.fixture
def refused(settled: Order, practice_gateway: PracticeGateway) -> Refund:
    """A part of the payment, which the gateway would not give back."""
    payment = Payment.get()
    refund = request_refund(payment=payment, amount_cents=500, reason="", actor="staff:1")
    Payment.update(gateway_id="nobody-knows-it").execute()
    send_due_refunds()
    Payment.update(gateway_id=payment.gateway_id).execute()
    failed: Refund = Refund.get_by_id(refund.id)
    assert failed.state == RefundState.FAILED
    return failed


def test_a_refund_that_failed_is_tried_again_under_another_name(
    refused: Refund, practice_gateway: PracticeGateway
) -> None:
    assert try_refund_again(refund=refused, staff_id=1)
    send_due_refunds()
    before, after = Refund.select().order_by(Refund.id)
    assert (before.state, after.state) == (RefundState.TRIED_AGAIN, RefundState.DONE)
    assert (after.amount_cents, after.ref) == (before.amount_cents, f"{before.ref}.2")
    assert Order.get().refunded_cents == 500
    assert len(credits(practice_gateway)) == 1
    assert order_file(Order.get()).open_alarms == []
    assert not try_refund_again(refund=after, staff_id=1)


def test_what_the_gateway_had_given_back_all_the_same_is_found_and_not_given_twice(
    refused: Refund, practice_gateway: PracticeGateway
) -> None:
    gateway.refund(Payment.get().gateway_id, amount_cents=500, ref=refused.ref)
    try_refund_again(refund=refused, staff_id=1)
    send_due_refunds()
    assert Refund.select().order_by(Refund.id.desc()).get().state == RefundState.DONE
    assert len(credits(practice_gateway)) == 1


def test_twenty_clicks_at_once_ask_for_one_refund(
    app: Flask, refused: Refund, practice_gateway: PracticeGateway
) -> None:
    def click(_: int) -> bool:
        with app.app_context():
            database.open_connection()
            return try_refund_again(refund=refused, staff_id=1)

    with ThreadPoolExecutor(8) as clicks:
        assert sum(clicks.map(click, range(20))) == 1
    send_due_refunds()
    assert Refund.select().count() == 2
    assert Order.get().refunded_cents == 500
    assert len(credits(practice_gateway)) == 1


def test_trying_again_never_passes_what_was_taken(refused: Refund) -> None:
    payment = Payment.get()
    request_refund(payment=payment, amount_cents=payment.amount_cents, reason="", actor="staff:1")
    with pytest.raises(RefundTooLarge):
        try_refund_again(refund=refused, staff_id=1)
    assert Refund.get_by_id(refused.id).state == RefundState.FAILED


def test_a_payment_voided_at_the_gateway_by_hand_needs_no_refund(
    order: Order, practice_gateway: PracticeGateway
) -> None:
    settle_due()
    cancel_order(order=order, reason=Reason.OTHER, staff_id=1)
    practice_gateway.faults("void", "drop_after_commit")
    send_due_refunds()
    assert Refund.get().state == RefundState.UNKNOWN
    ask_later(5)
    assert (Refund.get().state, Payment.get().state) == (RefundState.VOIDED, PaymentState.VOIDED)


def test_what_was_taken_just_before_it_could_be_freed_is_refunded(
    order: Order, practice_gateway: PracticeGateway
) -> None:
    """The worker was about to write down that it had settled the payment when the order was cancelled."""
    gateway.settle(Payment.get().gateway_id)
    practice_gateway.night()
    cancel_order(order=order, reason=Reason.OTHER, staff_id=1)
    void_due()
    send_due_refunds()
    assert Refund.get().state == RefundState.DONE
    assert len(credits(practice_gateway)) == 1
    assert Order.get().refunded_cents == order.total_cents
