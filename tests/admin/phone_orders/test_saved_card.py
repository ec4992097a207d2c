"""An order told by phone, and paid for with the customer's saved card as they agreed."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from shop.admin.looks import give_reason
from shop.admin.models import Staff
from shop.audit.models import AuditEvent
from shop.catalogue.models import Variant
from shop.customers.consents import ConsentPurpose
from shop.customers.models import Customer
from shop.customers.services.consents import withdraw
from shop.orders.models import Order, OrderState, Payment
from shop.outbox.models import Mail
from shop.payments.queries import cards_of
from shop.privacy.look_reasons import LookReason
from shop.vault import Source

from ...practice import PracticeGateway
from ...support.client import ShopClient
from ...support.customers import CARO, caro, caros
from ...support.desk import SAM
from ...support.mailbox import mails_to
from ...support.taking import ADDRESS, NEW, Taker
from ...support.till import VALID, Buyer, Shelf, pay_fields

__all__ = ["caro", "caros"]


@pytest.fixture
def carosorder(
    app: Flask, shelf: Shelf, sam: ShopClient, caro: Customer, caros: ShopClient, staff: dict[str, Staff]
) -> Taker:
    """Sam takes an order of Caro's in the shop; she has a saved card from an order before."""
    buyer = Buyer(caros)
    page = buyer.reach_payment(shelf.kale)
    caros.post("/checkout/pay", data={**pay_fields(page, VALID), "save_card": "y"})
    with app.app_context():
        reason = LookReason.ASKED
        give_reason(staff_id=staff[SAM].id, about=("customer", caro.id), customer_id=caro.id, reason=reason)
    taker = Taker(sam, told="in_shop", begun_from=f"{NEW}?customer={caro.id}")
    taker.add("tote", 1)
    taker.send("delivery", **ADDRESS)
    return taker


def charge(taker: Taker, **typed: Any) -> TestResponse:
    return taker.send("charge", **typed)


def newest() -> Order:
    found: Order = Order.select().order_by(Order.id.desc()).get()
    return found


@pytest.mark.promise("P36")
def test_a_saved_card_is_charged_once_and_with_agreement_alone(
    app: Flask, carosorder: Taker, caro: Customer, caros: ShopClient, staff: dict[str, Staff]
) -> None:
    refused = charge(carosorder)
    assert refused.status_code == 422
    assert "it is charged with their agreement alone" in refused.text
    page = carosorder.client.get(carosorder.page)
    answer = carosorder.client.submit(page, action=f"{carosorder.page}/charge", agreed="y")
    order = newest()
    assert answer.location == f"/admin/orders/{order.number}"
    assert (order.state, order.customer_id, order.source) == (OrderState.PLACED, caro.id, Source.IN_SHOP)
    again = carosorder.client.submit(page, action=f"{carosorder.page}/charge", agreed="y")
    assert again.location == answer.location
    assert Payment.select().where(Payment.order == order.id).count() == 1
    with app.app_context():
        agreed = AuditEvent.get(AuditEvent.kind == "draft-charged")
        card = cards_of(caro.id)[0]
        assert agreed.details == f'{{"card":{card.id},"cents":{order.total_cents},"source":"in_shop"}}'
        actors = {event.kind: event.actor for event in AuditEvent.select().where(AuditEvent.about_id == order.id)}
        assert actors["order-placed"] == actors["order-taken"] == f"staff:{staff[SAM].id}"
        mail = " ".join(str(mails_to(CARO)[-1].text).split())
    assert (
        "You gave it to us in the shop, and we wrote it down. We charged your saved card, as you agreed then." in mail
    )
    assert "as you agreed in the shop" in caros.get(f"/orders/{order.number}").text
    assert "The customer agreed in the shop" in carosorder.client.get(answer.location).text


def test_what_costs_another_sum_by_then_is_not_charged(app: Flask, carosorder: Taker, shelf: Shelf) -> None:
    page = carosorder.client.get(carosorder.page)
    before = Payment.select().count()
    Variant.update(price_cents=9900).where(Variant.id == shelf.tote).execute()
    answer = carosorder.client.submit(page, action=f"{carosorder.page}/charge", agreed="y")
    assert answer.status_code == 409
    assert "Prices changed" in answer.text
    assert "Nothing was charged." in answer.text
    assert Payment.select().count() == before


def test_without_the_consent_to_keep_it_no_card_is_offered_or_charged(
    app: Flask, carosorder: Taker, caro: Customer
) -> None:
    page = carosorder.client.get(carosorder.page)
    assert "Or charge a saved card" in page.text
    before = Payment.select().count()
    with app.app_context():
        withdraw(customer=caro, purpose=ConsentPurpose.SAVED_CARD, source=Source.SELF)
    assert "Or charge a saved card" not in carosorder.client.get(carosorder.page).text
    answer = carosorder.client.submit(page, action=f"{carosorder.page}/charge", agreed="y")
    assert answer.status_code == 422
    assert Payment.select().count() == before


def test_while_the_banks_answer_is_not_known_the_order_says_so(
    app: Flask, carosorder: Taker, practice_gateway: PracticeGateway
) -> None:
    practice_gateway.faults("sale", "drop_after_commit")
    answer = charge(carosorder, agreed="y")
    order = newest()
    assert (answer.location, order.state) == (f"/admin/orders/{order.number}", OrderState.PENDING)
    assert Mail.select().where(Mail.kind == "order-confirmed", Mail.about_id == order.id).count() == 0
