"""Paper that names somebody is in their My data, and in what an erasure tells them beforehand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop.customers.models import Customer
from shop.orders.models import Order
from shop.orders.prints import PRINTABLES
from shop.orders.services.handing_over import hand_over
from shop.orders.services.printing import print_orders
from shop.paper.models import How, PaperRecord
from shop.paper.services import attest, hasten
from shop.privacy.erasing.models import ToldRecipient
from shop.privacy.erasing.plan import plan_for
from shop.privacy.erasing.services import request_erasure
from shop.privacy.erasing.telling import note_recipients
from shop.privacy.person import Person, person_of, theirs
from shop.templating import day
from shop.vault import Recipient
from tests.support.client import ShopClient
from tests.support.pages import parsed, text_of
from tests.support.waiting import waiting_order

LATER = timedelta(days=30)


@pytest.fixture
def order(app: Flask, caro: Customer) -> Order:
    """Caro's, of which a slip was printed."""
    made = waiting_order("Caro Reed", customer=caro)
    with app.app_context():
        print_orders(
            printable=PRINTABLES["packing-slip"], order_ids=[made.id], location="Packing table",
            destroy_by=clock.now() + LATER, staff_id=1,
        )  # fmt: skip
    return made


@pytest.mark.promise("P49", "P09")
def test_my_data_says_where_the_paper_lies_and_until_when(caros: ShopClient, order: Order, app: Flask) -> None:
    with app.app_context():
        hand_over(kind=Recipient.CARRIER, code="usps", order_ids=[order.id], staff_id=1)
        until = day(PaperRecord.get().destroy_by)
    page = text_of(parsed(caros.get("/my-data").text, fragment=False)[0])
    paper = page.partition("Papers with your name on them")[2]
    assert "Packing slip" in paper
    assert "Packing table" in paper
    assert until.partition(",")[0][:3] in paper
    assert "a packing slip with the order's number, full name" in page
    assert "was printed to bring you what you bought, by somebody on our staff (A)" in page
    assert "the carrier or postal service, USPS was given the order's number, full name" in page


@pytest.mark.promise("P50")
def test_an_erasure_says_that_the_paper_is_there_and_until_when(app: Flask, caro: Customer, order: Order) -> None:
    person = person_of(caro)
    (entry,) = [entry for entry in plan_for(person).stays if entry.what.startswith("On paper")]
    assert entry.what == "On paper: 1 × packing slip"
    assert entry.until == PaperRecord.get().destroy_by
    before = plan_for(person).hash
    with app.app_context():
        attest(papers=list(PaperRecord.select()), how=How.SHREDDED, staff_id=1, name="Sam Oak", signed="Sam Oak")
    assert not [entry for entry in plan_for(person).stays if entry.what.startswith("On paper")]
    assert plan_for(person).hash == before


@pytest.mark.promise("P50")
def test_paper_about_somebody_who_was_forgotten_is_destroyed_within_days(app: Flask, order: Order) -> None:
    assert hasten(kind="order", row_ids=[order.id + 1]) == 0
    assert hasten(kind="order", row_ids=[order.id]) == 1
    assert PaperRecord.get().destroy_by < clock.now() + timedelta(days=8)
    assert hasten(kind="order", row_ids=[order.id]) == 0


def test_nobody_elses_paper_is_theirs(app: Flask, caro: Customer, order: Order) -> None:
    assert theirs(PaperRecord, Person(None, "stranger@customers.example")).count() == 0
    assert theirs(PaperRecord, person_of(caro)).count() == 1


def test_nobody_outside_is_to_be_told_of_paper_of_our_own(app: Flask, caro: Customer, order: Order) -> None:
    with app.app_context():
        person = person_of(caro)
        erasure = request_erasure(person=person, plan_hash=plan_for(person).hash)
        note_recipients(erasure, order)
        assert ToldRecipient.select().count() == 0
        hand_over(kind=Recipient.CARRIER, code="usps", order_ids=[order.id], staff_id=1)
        note_recipients(erasure, order)
        assert [(row.recipient, row.who) for row in ToldRecipient.select()] == [("carrier", "usps")]
