"""Each time something about a person leaves the shop, one row says so, and nothing leaves for promotion."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import peewee
import pytest
from flask import Flask

from shop.audit.queries import events_about, verify
from shop.catalogue.models import Variant
from shop.db import db
from shop.disclosures.allowed import allowed_fields, field_words, is_personal
from shop.disclosures.models import Disclosure, DisclosurePurpose
from shop.disclosures.queries import disclosures_about
from shop.disclosures.services import ALLOWED_PURPOSES, NotAllowed, disclose
from shop.orders.cancelling import Reason
from shop.orders.models import Order, OrderContact
from shop.orders.services.fulfilment import cancel_order
from shop.orders.services.parcels import ship_order
from shop.orders.services.refunds import send_due_refunds
from shop.orders.services.settling import settle_due
from shop.vault import Recipient, declarations, destroy_subject
from tests.practice import PracticeGateway
from tests.support.till import DECLINED, Buyer, Shelf

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


TO_THE_CARRIER: dict[str, Any] = {"recipient": Recipient.CARRIER, "purpose": DisclosurePurpose.DELIVERY}


@pytest.mark.promise("P08")
@pytest.mark.parametrize("column", ["purpose", "recipient"])
def test_the_database_refuses_any_other_purpose_or_recipient(app: Flask, column: str) -> None:
    row = {"about_kind": "order", "about_id": 1, "recipient": "carrier", "purpose": "delivery", "fields": "[]"}
    for value in ("promotion", "newsletter", ""):
        with pytest.raises(peewee.IntegrityError), db.atomic():
            Disclosure.insert(**{**row, "by": "shop", column: value}).execute()
    assert Disclosure.select().count() == 0


@pytest.mark.promise("P08")
def test_promotion_is_no_purpose_of_a_disclosure(app: Flask) -> None:
    assert not {"promotion", "marketing", "advertising"} & set(DisclosurePurpose)
    with pytest.raises(ValueError, match="promotion"):
        disclose(about=("order", 1), fields=["phone"], by="shop", **{**TO_THE_CARRIER, "purpose": "promotion"})


@pytest.mark.parametrize("field", ["email", "note", "billing_street", "amount", "no_such_field"])
def test_a_carrier_is_given_no_field_that_is_not_declared_for_carriers(app: Flask, field: str) -> None:
    with pytest.raises(NotAllowed):
        disclose(about=("order", 1), fields=["delivery_name", field], by="shop", **TO_THE_CARRIER)
    with pytest.raises(NotAllowed):
        disclose(about=("order", 1), fields=[], by="shop", **TO_THE_CARRIER)
    assert Disclosure.select().count() == 0


def test_each_recipient_has_its_purposes_and_no_others(app: Flask) -> None:
    assert set(ALLOWED_PURPOSES) == set(Recipient)
    for recipient in Recipient:
        for purpose in set(DisclosurePurpose) - ALLOWED_PURPOSES[recipient]:
            with pytest.raises(NotAllowed):
                disclose(about=("order", 1), recipient=recipient, fields=["x"], purpose=purpose, by="shop")


def test_every_field_that_may_leave_has_words(app: Flask) -> None:
    labels = {found.personal.label.lower() for found in declarations()}
    personal = [name for name in allowed_fields(Recipient.CARRIER) if is_personal(name)]
    assert len(personal) > 8
    assert all(field_words(Recipient.CARRIER, name) in labels for name in personal)
    assert all("_" not in field_words(each, name) for each in Recipient for name in allowed_fields(each))
    assert all(purpose.words.startswith(("to ", "because ")) for purpose in DisclosurePurpose)


def test_each_disclosure_is_an_event_in_the_trail(app: Flask) -> None:
    row = disclose(about=("order", 7), fields=["phone"], by="staff:3", who="usps", **TO_THE_CARRIER)
    (event,) = events_about("order", 7)
    assert (event.kind, event.actor) == ("data-disclosed", "staff:3")
    assert event.details == f'{{"disclosure":{row.id},"purpose":"delivery","recipient":"carrier"}}'
    assert verify() is None


def test_paying_discloses_the_amount_our_reference_and_the_cards_one_time_code(order: Order) -> None:
    (row,) = disclosures_about("order", [order.id])
    assert (row.recipient, row.purpose, row.by) == (Recipient.PAYMENT_PROCESSOR, DisclosurePurpose.PAYMENT, "guest")
    assert row.field_names == ["amount", "payment_reference", "card_code"]


def test_a_declined_try_was_a_disclosure_too(ada: Buyer, shelf: Shelf) -> None:
    ada.reach_payment(shelf.tote)
    ada.pay(DECLINED)
    ada.pay()
    assert Disclosure.select().count() == 2


def test_what_costs_nothing_is_told_no_payment_processor(ada: Buyer, shelf: Shelf) -> None:
    Variant.update(weight_grams=0).execute()
    ada.fill_cart(shelf.free)
    ada.give_contact()
    ada.collect()
    ada.pay()
    assert Order.get().total_cents == 0
    assert Disclosure.select().count() == 0


def test_shipping_discloses_what_the_carrier_needs_and_the_order_holds(order: Order) -> None:
    ship_order(order=order, carrier="usps", tracking="9400 1112 0255", staff_id=3)
    row, _ = disclosures_about("order", [order.id])
    assert (row.recipient, row.who, row.purpose, row.by) == ("carrier", "usps", "delivery", "staff:3")
    assert row.field_names == [
        "delivery_name", "delivery_street", "delivery_city", "delivery_region", "delivery_postcode",
        "delivery_country",
    ]  # fmt: skip


def test_what_was_forgotten_before_it_was_sent_is_not_said_to_have_left(order: Order) -> None:
    destroy_subject(OrderContact.get(OrderContact.order == order.id).subject)
    ship_order(order=order, carrier="usps", tracking="9400 1112 0255", staff_id=3)
    assert disclosures_about("order", [order.id]).count() == 1


@pytest.mark.parametrize("carrier", ["own-round", "pick-up"])
def test_what_stays_in_our_own_hands_is_no_disclosure(order: Order, carrier: str) -> None:
    ship_order(order=order, carrier=carrier, tracking="", staff_id=3)
    assert disclosures_about("order", [order.id]).count() == 1


def test_giving_money_back_discloses_the_amount_and_our_reference(
    order: Order, practice_gateway: PracticeGateway
) -> None:
    settle_due()
    practice_gateway.night()
    cancel_order(order=order, reason=Reason.CUSTOMER_ASKED, staff_id=1)
    send_due_refunds()
    row = disclosures_about("order", [order.id]).first()
    assert (row.field_names, row.purpose, row.by) == (["amount", "payment_reference"], "payment", "shop")


def test_a_step_that_fails_leaves_no_disclosure_behind(order: Order) -> None:
    ship_order(order=order, carrier="usps", tracking="9400 1112 0255", staff_id=3)
    ship_order(order=order, carrier="ups", tracking="1Z 9400 1112", staff_id=3)
    assert disclosures_about("order", [order.id]).count() == 2
