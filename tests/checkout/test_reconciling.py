"""The gateway's day against the books, both ways."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from shop import clock
from shop.catalogue.models import Variant
from shop.catalogue.stock import restock
from shop.orders.models import Order, OrderEvent, OrderState, Payment, PaymentState
from shop.orders.services.reconciling import GatewayDidNotAnswer, reconcile_day
from shop.outbox.models import Mail, MailKind
from shop.payments import gateway

from ..practice import PracticeGateway
from ..support.till import Buyer, Shelf, order_of
from ..support.worker import work


@pytest.fixture
def shop(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def bought(ada: Buyer, shelf: Shelf, app: Flask) -> Order:
    """One order, submitted for settlement."""
    ada.reach_payment(shelf.tote)
    order = order_of(ada.pay())
    work(app)
    return order


def today() -> datetime:
    return datetime.now(UTC)


def alarms(order: Order) -> list[str]:
    return [
        str(event.details) for event in OrderEvent.select().where(OrderEvent.order == order, OrderEvent.kind == "alarm")
    ]


def test_an_ordinary_day_has_no_findings_and_notes_what_was_paid_out(
    shop: None, bought: Order, practice_gateway: PracticeGateway
) -> None:
    assert reconcile_day(today()) == []
    practice_gateway.night()
    assert reconcile_day(today()) == []
    assert Payment.get().state == PaymentState.SETTLED


def test_what_is_paid_out_days_later_is_noted_then(
    shop: None, bought: Order, practice_gateway: PracticeGateway
) -> None:
    practice_gateway.night()
    clock.travel(timedelta(days=3))
    assert reconcile_day() == []
    assert Payment.get().state == PaymentState.SETTLED


def test_a_charge_that_no_order_knows_is_found(shop: None, bought: Order, practice_gateway: PracticeGateway) -> None:
    stray = gateway.authorise(ref="not-of-this-shop", amount_cents=1234, nonce="fake-valid-mastercard-nonce")
    assert isinstance(stray, gateway.Authorised)
    assert reconcile_day(today()) == [f"Charge {stray.gateway_id} is in no order of this shop."]
    gateway.void(stray.gateway_id)


def test_a_second_charge_of_an_order_is_found_and_voided(
    shop: None, bought: Order, app: Flask, practice_gateway: PracticeGateway
) -> None:
    payment = Payment.get()
    second = gateway.authorise(ref=payment.ref, amount_cents=5256, nonce="fake-valid-mastercard-nonce")
    assert isinstance(second, gateway.Authorised)
    (finding,) = reconcile_day(today())
    assert second.gateway_id in finding
    work(app)
    assert {one["id"]: one["status"] for one in practice_gateway.ledger()}[second.gateway_id] == "voided"
    assert alarms(bought)
    assert Mail.select().where(Mail.kind == MailKind.PAYMENT_PROBLEM).count() == 1


def test_an_order_whose_charge_was_voided_elsewhere_is_found(
    shop: None, bought: Order, practice_gateway: PracticeGateway
) -> None:
    gateway.void(Payment.get().gateway_id)
    (finding,) = reconcile_day(today())
    assert "voided" in finding
    assert finding in "".join(alarms(bought))
    # So that the books agree at the end, as the owner would see to it.
    _cancel(bought)


def test_an_authorisation_that_ended_before_it_was_settled_alarms(
    ada: Buyer, shelf: Shelf, app: Flask, practice_gateway: PracticeGateway
) -> None:
    ada.reach_payment(shelf.tote)
    order = order_of(ada.pay())
    gateway.void(Payment.get().gateway_id)
    work(app)
    assert Payment.get().state == PaymentState.FAILED
    assert "could not be settled" in "".join(alarms(order))
    _cancel(order)


def test_a_gateway_that_does_not_answer_is_no_clean_day(
    shop: None, bought: Order, practice_gateway: PracticeGateway
) -> None:
    practice_gateway.faults("search", "503")
    with pytest.raises(GatewayDidNotAnswer):
        reconcile_day(today())


def _cancel(order: Order) -> None:
    Payment.update(state=PaymentState.VOIDED).execute()
    Order.update(state=OrderState.CANCELLED).where(Order.id == order.id).execute()
    restock(variant_id=Variant.get(Variant.sku == "alder-tote").id, quantity=1, reason="cancelled", ref=order.number)
