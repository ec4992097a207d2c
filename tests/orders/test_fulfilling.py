"""Packed, sent, cancelled: each step once, whoever asks and however often."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from flask import Flask

from shop.catalogue.models import StockMovement, Variant
from shop.db import db
from shop.orders.cancelling import Reason
from shop.orders.models import (
    Order,
    OrderContact,
    OrderEvent,
    OrderState,
    Payment,
    PaymentState,
    Refund,
    RefundState,
    Shipment,
)
from shop.orders.services.fulfilment import NotCancellable, NotPackable, cancel_order, pack_order
from shop.orders.services.parcels import NotShippable, ship_order
from shop.orders.services.refunds import send_due_refunds
from shop.orders.services.settling import settle_due, void_due
from shop.outbox.models import Mail, MailKind
from shop.vault import destroy_subject
from shop.vault.store import keys_db

from ..practice import PracticeGateway
from ..support.till import Shelf


@pytest.fixture(autouse=True)
def in_the_app(app: Flask) -> object:
    with app.app_context():
        yield


def now(order: Order) -> Order:
    return Order.get_by_id(order.id)


def mails(order: Order) -> list[str]:
    return [mail.kind for mail in Mail.select().where(Mail.about_id == order.id).order_by(Mail.id)]


def test_an_order_is_packed_once(order: Order) -> None:
    assert pack_order(order=order, staff_id=1)
    packed_at = now(order).packed_at
    assert not pack_order(order=order, staff_id=2)
    assert (now(order).state, now(order).packed_at) == (OrderState.PACKED, packed_at)
    assert OrderEvent.select().where(OrderEvent.kind == "packed").count() == 1


def test_a_sent_order_has_one_parcel_and_one_mail(order: Order) -> None:
    pack_order(order=order, staff_id=1)
    assert ship_order(order=order, carrier="ups", tracking="1Z999AA10123456784", staff_id=1)
    assert not ship_order(order=order, carrier="dhl", tracking="another", staff_id=2)
    assert [parcel.carrier for parcel in Shipment.select()] == ["ups"]
    assert mails(order) == [MailKind.ORDER_CONFIRMED, MailKind.ORDER_SHIPPED]


def test_an_order_sent_at_once_counts_as_packed(order: Order) -> None:
    ship_order(order=order, carrier="other", tracking="", staff_id=1)
    assert now(order).packed_at == now(order).shipped_at is not None


def test_what_was_never_paid_is_neither_packed_nor_sent(order: Order) -> None:
    Payment.update(state=PaymentState.FAILED).where(Payment.order == order.id).execute()
    with pytest.raises(NotPackable, match="not paid"):
        pack_order(order=order, staff_id=1)
    with pytest.raises(NotShippable, match="not paid"):
        ship_order(order=order, carrier="other", tracking="", staff_id=1)
    assert now(order).state == OrderState.PLACED


@pytest.mark.parametrize("state", [OrderState.PENDING, OrderState.PAYMENT_FAILED, OrderState.EXPIRED])
def test_an_order_that_is_not_placed_takes_no_step(order: Order, state: OrderState) -> None:
    Order.update(state=state).where(Order.id == order.id).execute()
    with pytest.raises(NotPackable):
        pack_order(order=order, staff_id=1)
    with pytest.raises(NotShippable):
        ship_order(order=order, carrier="other", tracking="", staff_id=1)
    with pytest.raises(NotCancellable):
        cancel_order(order=order, reason=Reason.OTHER, staff_id=1)
    assert now(order).state == state


def test_a_sent_order_cannot_be_cancelled(order: Order) -> None:
    ship_order(order=order, carrier="other", tracking="", staff_id=1)
    with pytest.raises(NotCancellable, match="sent already"):
        cancel_order(order=order, reason=Reason.OTHER, staff_id=1)


def test_cancelling_before_the_money_is_taken_frees_it(
    order: Order, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    cancel_order(order=order, reason=Reason.CUSTOMER_ASKED, staff_id=1)
    settle_due()
    void_due()
    assert Payment.get().state == PaymentState.VOIDED
    assert [charge["status"] for charge in practice_gateway.ledger()] == ["voided"]
    assert Refund.select().count() == 0
    assert now(order).refunded_cents == 0


def test_cancelling_what_is_submitted_but_not_settled_frees_it_too(
    order: Order, practice_gateway: PracticeGateway
) -> None:
    settle_due()
    cancel_order(order=order, reason=Reason.CUSTOMER_ASKED, staff_id=1)
    assert now(order).refunded_cents == order.total_cents
    send_due_refunds()
    assert (Refund.get().state, Payment.get().state) == (RefundState.VOIDED, PaymentState.VOIDED)
    assert [charge["status"] for charge in practice_gateway.ledger()] == ["voided"]
    assert now(order).refunded_cents == 0


def test_cancelling_what_is_settled_gives_all_of_it_back(order: Order, practice_gateway: PracticeGateway) -> None:
    settle_due()
    practice_gateway.night()
    cancel_order(order=order, reason=Reason.SOLD_OUT, staff_id=1)
    send_due_refunds()
    refund = Refund.get()
    assert (refund.state, refund.amount_cents) == (RefundState.DONE, order.total_cents)
    (at_gateway,) = practice_gateway.ledger(refund.ref)
    assert at_gateway["id"] == refund.gateway_id
    assert now(order).refunded_cents == order.total_cents


def test_cancelling_puts_stock_and_discount_back_once(order: Order, shelf: Shelf) -> None:
    before = Variant.get_by_id(shelf.tote).on_hand
    assert cancel_order(order=order, reason=Reason.DAMAGED, staff_id=1)
    assert not cancel_order(order=order, reason=Reason.DAMAGED, staff_id=2)
    assert Variant.get_by_id(shelf.tote).on_hand == before + 2
    movements = StockMovement.select().where(StockMovement.ref == order.number).order_by(StockMovement.id)
    assert [(move.reason, move.quantity) for move in movements] == [("sold", -2), ("cancelled", 2)]


@pytest.mark.parametrize(
    ("reason", "kind"),
    [(Reason.CUSTOMER_ASKED, MailKind.ORDER_CANCELLED), (Reason.SOLD_OUT, MailKind.ORDER_PROBLEM)],
)
def test_the_customer_is_told_once_why_and_what_comes_back(order: Order, reason: Reason, kind: MailKind) -> None:
    cancel_order(order=order, reason=reason, staff_id=1)
    cancel_order(order=order, reason=Reason.OTHER, staff_id=2)
    assert mails(order) == [MailKind.ORDER_CONFIRMED, kind]
    told = Mail.get(Mail.kind == kind)
    for text in (told.text, told.html):
        assert reason.sentence in text
        assert "$105.12" in text
        assert "5 to 10 working days" in text


def test_two_people_who_cancel_at_once_give_one_refund(
    app: Flask, order: Order, practice_gateway: PracticeGateway
) -> None:
    settle_due()
    practice_gateway.night()
    answers = at_once(app, [lambda: cancel_order(order=order, reason=Reason.OTHER, staff_id=1)] * 4)
    assert sorted(answers) == [False, False, False, True]
    at_once(app, [send_due_refunds] * 4)
    assert Refund.select().count() == 1
    assert len([one for one in practice_gateway.ledger() if one["type"] == "credit"]) == 1
    assert now(order).refunded_cents == order.total_cents


def at_once(app: Flask, calls: list[Callable[[], object]]) -> list[object]:
    """Run all calls at the same moment, each in a thread of its own."""
    gate = threading.Barrier(len(calls))
    answers: list[object] = []

    def run(call: Callable[[], object]) -> None:
        with app.app_context():
            gate.wait()
            try:
                answers.append(call())
            finally:
                for database in (db, keys_db):
                    if not database.is_closed():
                        database.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_an_erased_customer_is_not_written_to(order: Order) -> None:
    destroy_subject(OrderContact.get(OrderContact.order == order.id).subject)
    ship_order(order=order, carrier="other", tracking="", staff_id=1)
    assert mails(order) == [MailKind.ORDER_CONFIRMED]
