"""A process is killed in the middle of a purchase, at dozens of different lines; afterwards money and stock agree."""

from __future__ import annotations

import pytest
from braintree.exceptions.not_found_error import NotFoundError
from flask import Flask

from shop.catalogue.models import Variant
from shop.config import settings
from shop.customers.consents import ConsentPurpose
from shop.customers.models import Customer
from shop.customers.queries import customers_with_consent
from shop.orders.models import EditState, Order, OrderEdit, OrderLine, OrderState, Payment
from shop.payments.connection import connect
from shop.payments.models import StoredCard

from ..practice import PracticeGateway
from ..support.books import on_shelf, wrong_in_the_books
from ..support.till import Shelf
from .dying import die

pytestmark = pytest.mark.long

BUYER_POINTS, WIRE_POINTS, WORKER_POINTS, CARD_POINTS, CHANGE_POINTS = 40, 4, 16, 10, 10
HOLDS_MONEY = {"authorized", "submitted_for_settlement", "settling", "settled"}


def charged(gateway: PracticeGateway) -> int:
    return sum(one["status"] in HOLDS_MONEY for one in gateway.ledger())


@pytest.fixture
def full_shelf(shelf: Shelf) -> dict[int, int]:
    """Enough for everybody, so that each purchase ends by its own luck."""
    Variant.update(on_hand=1000).where(Variant.id == shelf.tote).execute()
    return on_shelf()


@pytest.mark.promise("P62")
@pytest.mark.timeout(600)
def test_a_buyer_killed_at_any_line_has_an_order_and_a_charge_or_neither(
    app: Flask, full_shelf: dict[int, int], practice_gateway: PracticeGateway
) -> None:
    told = die("driver", "buyer_dies", BUYER_POINTS)
    places = [one["place"] for one in told if "place" in one]
    assert [one["end"] for one in told if "end" in one].count("killed") >= BUYER_POINTS - 1
    assert len(set(places)) >= 20
    assert {place.partition("/")[0] for place in places} >= {"orders", "payments"}
    assert wrong_in_the_books(practice_gateway, full_shelf) == []
    placed = Order.select().where(Order.state == OrderState.PLACED).count()
    assert placed == charged(practice_gateway)
    # Whoever died after the first transaction had committed got the order all the same.
    assert 10 < placed <= BUYER_POINTS + 1
    assert set(told[-1]["orders"]) == {OrderState.PLACED}


@pytest.mark.timeout(600)
def test_a_buyer_killed_while_the_gateway_has_the_request_is_charged_once_and_gets_the_order(
    app: Flask, full_shelf: dict[int, int], practice_gateway: PracticeGateway
) -> None:
    told = die("driver", "buyer_dies_on_the_wire", WIRE_POINTS)
    assert [one["end"] for one in told if "end" in one] == ["killed"] * WIRE_POINTS
    assert wrong_in_the_books(practice_gateway, full_shelf) == []
    assert told[-1]["orders"] == [OrderState.PLACED] * WIRE_POINTS
    assert charged(practice_gateway) == WIRE_POINTS


@pytest.mark.timeout(600)
def test_a_worker_killed_at_any_line_leaves_it_to_the_next(
    app: Flask, full_shelf: dict[int, int], practice_gateway: PracticeGateway
) -> None:
    told = die("driver", "worker_dies", WORKER_POINTS)
    assert len({one["place"] for one in told if "place" in one}) >= 8
    assert wrong_in_the_books(practice_gateway, full_shelf) == []
    assert set(told[-1]["orders"]) == {OrderState.PLACED}
    assert charged(practice_gateway) == len(told[-1]["orders"])


@pytest.mark.timeout(600)
def test_staff_killed_while_an_order_is_changed_leave_the_change_with_its_charge_or_neither(
    app: Flask, full_shelf: dict[int, int], practice_gateway: PracticeGateway
) -> None:
    told = die("driver", "changer_dies", CHANGE_POINTS)
    assert [one["end"] for one in told if "end" in one].count("killed") >= CHANGE_POINTS - 1
    assert wrong_in_the_books(practice_gateway, full_shelf) == []
    states = [edit.state for edit in OrderEdit.select()]
    assert set(states) <= {EditState.APPLIED, EditState.FAILED}
    assert 1 < states.count(EditState.APPLIED) <= CHANGE_POINTS
    changed = OrderLine.select().where(OrderLine.sku == "clay-pouch").count()
    assert changed == states.count(EditState.APPLIED)
    assert charged(practice_gateway) == Order.select().count() + changed


def is_in_the_vault(gateway_customer: str) -> bool:
    try:
        connect(settings()).customer.find(gateway_customer)
    except NotFoundError:
        return False
    return True


@pytest.mark.promise("P62")
@pytest.mark.timeout(600)
def test_a_card_is_saved_with_its_consent_or_not_at_all_wherever_the_buyer_was_killed(
    app: Flask, full_shelf: dict[int, int], practice_gateway: PracticeGateway
) -> None:
    told = die("driver", "card_keeper_dies", CARD_POINTS)
    assert [one["end"] for one in told if "end" in one].count("killed") >= CARD_POINTS - 1
    kept = {card.customer_id for card in StoredCard.select().where(StoredCard.removed_at.is_null())}
    agreed = {row.customer_id for row in customers_with_consent(ConsentPurpose.SAVED_CARD)}
    assert kept == agreed
    assert 1 < len(kept) <= Customer.select().count()
    asked = {payment.store_as for payment in Payment.select() if payment.store_as}
    known = {card.gateway_customer for card in StoredCard.select()}
    assert {one for one in asked if is_in_the_vault(one)} == known
    assert wrong_in_the_books(practice_gateway, full_shelf) == []
