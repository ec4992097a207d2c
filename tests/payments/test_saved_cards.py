"""Cards in the gateway's vault: kept with a key of their own, and gone there before they are forgotten here."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime, timedelta

import braintree
import pytest
from braintree.exceptions.not_found_error import NotFoundError
from flask import Flask

from shop import clock
from shop.config import settings
from shop.customers.models import Customer
from shop.payments.connection import connect
from shop.payments.models import StoredCard
from shop.payments.queries import card_of, cards_expiring, cards_of
from shop.payments.services.cards import delete_removed, drop_stored, forget_cards, keep_card, remove_card
from shop.vault import destroy_subject, destroyed_at

from ..practice import PracticeGateway
from ..support.customers import caro, dan

__all__ = ["caro", "dan"]


def sdk() -> braintree.BraintreeGateway:
    return connect(settings())


def vaulted(customer: Customer, *, expiry: str = "12/2030", last4: str = "1881") -> StoredCard:
    """A card that is in the gateway's vault, and in ours."""
    name = secrets.token_hex(12)
    made = sdk().customer.create({"id": name, "payment_method_nonce": "fake-valid-visa-nonce"})
    token = made.customer.credit_cards[0].token
    return keep_card(
        customer_id=customer.id, gateway_customer=name, token=token, brand="Visa", last4=last4, expiry=expiry
    )


def is_at_gateway(card: StoredCard) -> bool:
    try:
        sdk().customer.find(card.gateway_customer)
    except NotFoundError:
        return False
    return True


def test_a_forgotten_card_is_deleted_at_the_gateway_and_then_here(caro: Customer) -> None:
    card = vaulted(caro)
    token = card.token
    assert forget_cards(customer_id=caro.id) == 1
    assert cards_of(caro.id) == []
    delete_removed()
    assert not is_at_gateway(card)
    with pytest.raises(NotFoundError):
        sdk().payment_method.find(token)
    assert not StoredCard.select().exists()
    assert destroyed_at(card.subject) is not None


def test_removing_twice_is_removing_once(caro: Customer) -> None:
    card = vaulted(caro)
    assert remove_card(card=card)
    assert not remove_card(card=card)
    assert forget_cards(customer_id=caro.id) == 0


@pytest.mark.parametrize("call", ["payment_method", "customer"])
@pytest.mark.parametrize("fault", ["drop_before", "drop_after_commit", "500", "503", "html", "401"])
def test_a_card_stays_due_until_the_gateway_says_that_it_is_gone(
    caro: Customer, practice_gateway: PracticeGateway, call: str, fault: str
) -> None:
    card = vaulted(caro)
    remove_card(card=card)
    practice_gateway.faults(call, fault)
    delete_removed()
    assert StoredCard.select().exists()
    delete_removed()
    assert StoredCard.select().exists(), "it was asked again at once, not after a while"
    clock.travel(timedelta(seconds=11))
    delete_removed()
    assert not StoredCard.select().exists()
    assert not is_at_gateway(card)


def test_a_card_that_the_gateway_does_not_have_is_gone(caro: Customer) -> None:
    card = vaulted(caro)
    sdk().customer.delete(card.gateway_customer)
    remove_card(card=card)
    delete_removed()
    assert not StoredCard.select().exists()


def test_a_card_is_deleted_after_its_key_is_gone(caro: Customer) -> None:
    card = vaulted(caro)
    forget_cards(customer_id=caro.id)
    destroy_subject(card.subject)
    delete_removed()
    assert not is_at_gateway(card)
    assert not StoredCard.select().exists()


def test_a_card_that_may_have_been_stored_is_deleted_too(caro: Customer) -> None:
    sdk().customer.create({"id": "perhaps", "payment_method_nonce": "fake-valid-visa-nonce"})
    drop_stored(customer_id=caro.id, gateway_customer="perhaps")
    drop_stored(customer_id=caro.id, gateway_customer="perhaps")
    assert cards_of(caro.id) == []
    delete_removed()
    with pytest.raises(NotFoundError):
        sdk().customer.find("perhaps")


def test_a_card_whose_customer_is_gone_is_deleted_too(caro: Customer) -> None:
    card = vaulted(caro)
    StoredCard.update(customer=None).execute()
    delete_removed()
    assert not is_at_gateway(card)
    assert not StoredCard.select().exists()


def test_the_same_card_stored_again_takes_the_older_ones_place(caro: Customer) -> None:
    first, other, second = vaulted(caro), vaulted(caro, last4="0004"), vaulted(caro)
    assert {card.id for card in cards_of(caro.id)} == {other.id, second.id}
    delete_removed()
    assert not is_at_gateway(first)
    assert is_at_gateway(second)


def test_a_card_told_of_twice_is_noted_once(caro: Customer) -> None:
    told = {"customer_id": caro.id, "gateway_customer": "once", "token": "abc", "brand": "Visa", "last4": "1881"}
    assert keep_card(**told, expiry="12/2030").id == keep_card(**told, expiry="12/2030").id


def test_a_card_is_its_customers_alone(caro: Customer, dan: Customer) -> None:
    card = vaulted(caro)
    assert card_of(caro.id, card.id) == card
    assert card_of(dan.id, card.id) is None
    assert cards_of(dan.id) == []


def test_cards_that_end_soon_are_found(caro: Customer) -> None:
    year = clock.now().year + 1
    soon, later = vaulted(caro, expiry=f"3/{year}"), vaulted(caro, expiry=f"12/{year}", last4="0004")
    removed = vaulted(caro, expiry=f"02/{year}", last4="0005")
    remove_card(card=removed)
    assert list(cards_expiring(date(year, 4, 1))) == [soon]
    assert list(cards_expiring(date(year, 3, 31))) == []
    assert list(cards_expiring(date(year + 1, 1, 1))) == [soon, later]
    assert soon.expires_on == date(year, 3, 31)


def test_a_card_is_good_until_its_last_day_is_over_in_the_shop(caro: Customer) -> None:
    year = clock.now().year + 1
    card = vaulted(caro, expiry=f"3/{year}")
    midnight = datetime(year, 4, 1, 7, tzinfo=UTC)  # in Los Angeles
    for hours, is_usable in ((-1, True), (1, False)):
        clock.travel(midnight + timedelta(hours=hours) - datetime.now(UTC))
        assert card.is_usable is is_usable


@pytest.mark.promise("P16")
def test_what_is_kept_of_a_card_is_token_brand_and_last_four_digits(caro: Customer, app: Flask) -> None:
    sealed = {field.name for field in StoredCard._meta.sorted_fields if hasattr(field, "personal")}
    assert sealed == {"token", "brand", "last4"}
