"""Saved cards on their customer's page: told apart, removed at once, and nobody else's to touch."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from shop.customers.models import Customer
from shop.customers.services.consents import ConsentPurpose, give, has_consent, withdraw
from shop.payments.models import StoredCard
from shop.payments.queries import cards_of
from shop.payments.services.cards import keep_card
from shop.vault import Source
from tests.support.client import HtmxClient, ShopClient
from tests.support.queries import count_queries

pytestmark = pytest.mark.once

Keep = Callable[..., StoredCard]


@pytest.fixture
def keep(app: Flask) -> Keep:
    """Has a customer's card kept, with their consent."""

    def do(customer: Customer, last4: str = "1881", expiry: str = "12/2030") -> StoredCard:
        with app.app_context():
            give(customer=customer, purpose=ConsentPurpose.SAVED_CARD, source=Source.SELF)
        named = {"gateway_customer": f"random-{customer.id}-{last4}", "token": f"token{last4}"}
        return keep_card(customer_id=customer.id, **named, brand="Visa", last4=last4, expiry=expiry)

    return do


@pytest.mark.promise("P16")
def test_a_card_is_listed_by_brand_last_four_and_expiry(caros: ShopClient, caro: Customer, keep: Keep) -> None:
    keep(caro)
    keep(caro, "0004", "01/2020")
    page = caros.get("/account/cards").text
    assert "Visa ending in 1881" in page
    assert "Good until 12/2030" in page
    assert "Ended 01/2020" in page
    assert "token1881" not in page


def test_the_list_costs_the_same_for_many(caros: ShopClient, caro: Customer, keep: Keep) -> None:
    keep(caro)
    caros.get("/account/cards")
    with count_queries() as few:
        caros.get("/account/cards")
    for number in range(5):
        keep(caro, f"200{number}")
    with count_queries() as lots:
        caros.get("/account/cards")
    assert len(lots) == len(few)


def test_a_removed_card_is_gone_here_at_once(caros: ShopClient, caro: Customer, keep: Keep) -> None:
    first, second = keep(caro), keep(caro, "0004")
    answer = caros.submit("/account/cards", action=f"/account/cards/{first.id}/remove")
    assert (answer.status_code, answer.location) == (303, "/account/cards")
    assert [card.id for card in cards_of(caro.id)] == [second.id]
    assert has_consent(caro.id, ConsentPurpose.SAVED_CARD)


def test_with_the_last_card_goes_the_consent(caros_htmx: HtmxClient, caro: Customer, keep: Keep) -> None:
    card = keep(caro)
    page = ShopClient.get(caros_htmx, "/account/cards", headers={"HX-History-Restore-Request": "true"})
    answer = caros_htmx.submit(page, action=f"/account/cards/{card.id}/remove")
    assert "No saved cards" in answer.text
    assert not has_consent(caro.id, ConsentPurpose.SAVED_CARD)


def test_taking_the_consent_back_removes_every_card(app: Flask, caro: Customer, keep: Keep) -> None:
    keep(caro)
    keep(caro, "0004")
    with app.app_context():
        withdraw(customer=caro, purpose=ConsentPurpose.SAVED_CARD, source=Source.SELF)
    assert cards_of(caro.id) == []
    assert StoredCard.select().where(StoredCard.removed_at.is_null(False)).count() == 2


def test_anothers_card_is_not_there(
    caros: ShopClient, dans: ShopClient, client: ShopClient, caro: Customer, keep: Keep
) -> None:
    card = keep(caro)
    there = f"/account/cards/{card.id}/remove"
    token = dans.get("/account/cards").text.split('name="csrf_token" value="')[1].split('"')[0]
    assert dans.post(there, data={"csrf_token": token}).status_code == 404
    assert client.post(there).status_code in {303, 400}
    assert cards_of(caro.id) == [card]
    assert "1881" not in dans.get("/account/cards").text
