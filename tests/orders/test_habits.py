"""Purchase habits: of those alone who agreed, worked out afresh, gone with the consent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop.customers.models import Customer
from shop.customers.services.consents import ConsentPurpose, give, withdraw
from shop.orders.habits import bought_together, habits_of, popular
from shop.orders.models import Order, OrderState
from shop.vault import Source

from ..support.bought import bought
from ..support.client import ShopClient
from ..support.customers import as_customer, make_customer

LONG_AGO = timedelta(days=30)
KALE, TOTE = "Curly Kale", "Alder Tote"


@pytest.fixture
def three(app: Flask) -> list[Customer]:
    """Three who agreed, and each bought kale with a tote."""
    found = [make_customer(f"{name}@customers.example", name) for name in ("Ida", "Jo", "Kim")]
    with app.app_context():
        for customer in found:
            give(customer=customer, purpose=ConsentPurpose.HABITS, source=Source.SELF)
            bought(customer, KALE, TOTE)
    return found


@pytest.mark.promise("P29")
def test_a_customers_habits_are_what_they_bought(three: list[Customer]) -> None:
    bought(three[0], KALE)
    bought(three[0], "Clay Pouch", state=OrderState.CANCELLED)
    found = habits_of(three[0].id)
    assert [(habit.name, habit.orders, habit.pieces) for habit in found] == [(KALE, 2, 4), (TOTE, 1, 2)]
    assert found[0].last_at.tzinfo is not None


@pytest.mark.promise("P29")
def test_who_takes_the_consent_back_is_in_no_habit_query_from_then_on(app: Flask, three: list[Customer]) -> None:
    since = clock.now() - LONG_AGO
    assert [(one.names, one.customers) for one in popular(since)] == [((TOTE,), 3), ((KALE,), 3)]
    assert [one.names for one in bought_together(since)] == [(TOTE, KALE)]
    with app.app_context():
        withdraw(customer=three[1], purpose=ConsentPurpose.HABITS, source=Source.SELF)
    assert habits_of(three[1].id) == []
    assert popular(since) == []
    assert bought_together(since) == []
    assert habits_of(three[0].id) != []


@pytest.mark.promise("P29")
def test_guests_and_who_never_agreed_are_in_none(three: list[Customer]) -> None:
    silent = make_customer("lou@customers.example", "Lou")
    for _ in range(4):
        bought(None, "Clay Pouch")
        bought(silent, "Clay Pouch")
    assert habits_of(silent.id) == []
    found = [name for one in popular(clock.now() - LONG_AGO) for name in one.names]
    assert found != []
    assert "Clay Pouch" not in found


@pytest.mark.promise("P29")
def test_my_data_shows_them_as_long_as_the_consent_stands(app: Flask, three: list[Customer]) -> None:
    ida = as_customer(ShopClient(app, use_cookies=True), three[0])
    assert "Curly Kale: 2 pieces in 1 order" in ida.get("/my-data").text
    with app.app_context():
        withdraw(customer=three[0], purpose=ConsentPurpose.HABITS, source=Source.SELF)
    page = ida.get("/my-data").text
    assert "2 pieces in 1 order" not in page
    assert "we do not look at what you buy unless you agree to it" in page


def test_a_closed_account_and_a_deactivated_order_do_not_count(three: list[Customer]) -> None:
    Order.update(deactivated_at=clock.now()).where(Order.customer == three[0].id).execute()
    assert habits_of(three[0].id) == []
    Customer.update(closed_at=clock.now()).where(Customer.id == three[1].id).execute()
    assert habits_of(three[1].id) == []
    assert popular(clock.now() - LONG_AGO) == []


def test_what_only_a_few_bought_is_not_shown(three: list[Customer]) -> None:
    bought(three[0], "Seed Packet")
    bought(three[1], "Seed Packet")
    found = [name for one in popular(clock.now() - LONG_AGO) for name in one.names]
    assert found != []
    assert "Seed Packet" not in found
