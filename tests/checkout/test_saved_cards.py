"""Saving a card with a payment, and paying with it afterwards: at most one charge, whatever the gateway does."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop.catalogue.models import Variant
from shop.config import settings
from shop.customers.models import Consent, Customer
from shop.customers.services.consents import ConsentPurpose, has_consent, withdraw
from shop.days import today
from shop.orders.models import Order, OrderState, Payment, PaymentState
from shop.payments.connection import connect
from shop.payments.models import StoredCard
from shop.payments.queries import cards_of
from shop.payments.services.cards import delete_removed, remove_card
from shop.vault import Source

from ..practice import PracticeGateway
from ..support.client import HtmxClient, ShopClient
from ..support.customers import PASSWORD, as_customer, caro, caros, caros_htmx, dan, dans, make_customer
from ..support.till import DECLINED, VALID, Buyer, Shelf, order_of, pay_fields
from ..support.worker import work, work_until_decided

__all__ = ["caro", "caros", "caros_htmx", "dan", "dans"]

TEN_MINUTES = timedelta(minutes=11)


@pytest.fixture
def buyer(caros: ShopClient, shelf: Shelf) -> Buyer:
    """Caro, without JavaScript."""
    return Buyer(caros)


def save_a_card(buyer: Buyer, shelf: Shelf, nonce: str = VALID) -> StoredCard:
    page = buyer.reach_payment(shelf.kale)
    answer = buyer.client.post("/checkout/pay", data={**pay_fields(page, nonce), "save_card": "y"})
    assert order_of(answer).state == OrderState.PLACED
    return StoredCard.select().order_by(StoredCard.id.desc()).get()


def saved_fields(page: str) -> dict[str, str]:
    """What the form for saved cards sends."""
    form = page[page.index('id="checkout-saved-cards"') :]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[: form.index("</form>")]))
    card = re.search(r'name="card" value="(\d+)" checked', form)
    assert card
    return {**fields, "card": card[1]}


def token_at(gateway: PracticeGateway) -> str | None:
    """The vault's name for the card of the newest charge, as the gateway tells it."""
    details = connect(settings()).transaction.find(gateway.ledger()[0]["id"]).credit_card_details
    token: str | None = details.token
    return token


def charges(gateway: PracticeGateway) -> list[str]:
    return [one["status"] for one in gateway.ledger()]


@pytest.mark.promise("P16")
def test_a_card_is_saved_with_the_sale_when_its_owner_ticks_the_box(buyer: Buyer, shelf: Shelf, caro: Customer) -> None:
    card = save_a_card(buyer, shelf)
    assert (card.customer_id, card.brand, card.last4, card.ends) == (caro.id, "Visa", "1881", "12/2035")
    consent = Consent.get(Consent.customer == caro, Consent.purpose == ConsentPurpose.SAVED_CARD)
    assert consent.is_given
    page = buyer.reach_payment(shelf.kale)
    assert "Visa ending in 1881" in page


def test_the_box_is_never_ticked_and_a_card_without_it_is_not_saved(
    buyer: Buyer, shelf: Shelf, caro: Customer, practice_gateway: PracticeGateway
) -> None:
    page = buyer.reach_payment(shelf.kale)
    box = re.search(r"<input[^>]*save_card[^>]*>", page)
    assert box and "checked" not in box[0]
    buyer.pay(page=page)
    assert not StoredCard.select().exists()
    assert not has_consent(caro.id, ConsentPurpose.SAVED_CARD)
    assert token_at(practice_gateway) is None


def test_a_guest_is_not_asked_and_cannot_have_a_card_saved(
    ada: Buyer, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    page = ada.reach_payment(shelf.kale)
    assert "save_card" not in page
    ada.client.post("/checkout/pay", data={**pay_fields(page, VALID), "save_card": "y"})
    assert Order.get().state == OrderState.PLACED
    assert not StoredCard.select().exists()
    assert token_at(practice_gateway) is None


def test_a_saved_card_pays_without_javascript(buyer: Buyer, shelf: Shelf, practice_gateway: PracticeGateway) -> None:
    card = save_a_card(buyer, shelf)
    fields = saved_fields(buyer.reach_payment(shelf.tote))
    answer = buyer.client.post("/checkout/pay", data=fields)
    order = order_of(answer)
    assert (answer.status_code, order.state) == (303, OrderState.PLACED)
    payment = Payment.get(Payment.order == order)
    assert (payment.card_id, payment.brand, payment.last4) == (card.id, "Visa", "1881")
    assert token_at(practice_gateway) == card.token


def test_a_saved_card_pays_by_htmx(caros_htmx: HtmxClient, shelf: Shelf, practice_gateway: PracticeGateway) -> None:
    buyer = Buyer(caros_htmx)
    save_a_card(buyer, shelf)
    buyer.reach_payment(shelf.tote)
    page = ShopClient.get(caros_htmx, "/checkout?step=payment", headers={"HX-History-Restore-Request": "true"}).text
    answer = caros_htmx.post("/checkout/pay", data=saved_fields(page))
    assert order_of(answer).state == OrderState.PLACED


def test_the_form_sent_twice_charges_once(buyer: Buyer, shelf: Shelf, practice_gateway: PracticeGateway) -> None:
    save_a_card(buyer, shelf)
    fields = saved_fields(buyer.reach_payment(shelf.tote))
    first, second = (buyer.client.post("/checkout/pay", data=fields) for _ in range(2))
    assert first.location == second.location
    assert len(charges(practice_gateway)) == 2


@pytest.mark.parametrize("fault", ["drop_after_commit", "html", "empty", "500"])
def test_a_charge_whose_answer_is_lost_is_found_and_not_made_again(
    buyer: Buyer, shelf: Shelf, app: Flask, practice_gateway: PracticeGateway, fault: str
) -> None:
    save_a_card(buyer, shelf)
    fields = saved_fields(buyer.reach_payment(shelf.tote))
    after = {"after_commit": True} if fault == "500" else {}
    practice_gateway.faults("sale", fault, **after)
    answer = buyer.client.post("/checkout/pay", data=fields)
    assert "/checkout/waiting/" in answer.location
    assert "key=" not in answer.location
    assert "We are checking with the bank" in buyer.client.get(answer.location).text
    work_until_decided(app)
    assert order_of(answer).state == OrderState.PLACED
    assert charges(practice_gateway).count("submitted_for_settlement") == 2


def test_a_request_that_never_arrived_is_not_sent_again(
    buyer: Buyer, shelf: Shelf, app: Flask, practice_gateway: PracticeGateway
) -> None:
    save_a_card(buyer, shelf)
    fields = saved_fields(buyer.reach_payment(shelf.tote))
    practice_gateway.faults("sale", "drop_before")
    answer = buyer.client.post("/checkout/pay", data=fields)
    work_until_decided(app)
    assert order_of(answer).state == OrderState.PENDING, "one empty search proves nothing"
    work(app, after=TEN_MINUTES)
    assert order_of(answer).state == OrderState.PAYMENT_FAILED
    assert len(charges(practice_gateway)) == 1


@pytest.mark.parametrize("fault", ["drop_after_commit", "empty"])
def test_a_card_is_saved_after_its_sales_answer_was_lost(
    buyer: Buyer, shelf: Shelf, app: Flask, caro: Customer, practice_gateway: PracticeGateway, fault: str
) -> None:
    page = buyer.reach_payment(shelf.kale)
    practice_gateway.faults("sale", fault)
    buyer.client.post("/checkout/pay", data={**pay_fields(page, VALID), "save_card": "y"})
    work_until_decided(app)
    assert [card.words for card in cards_of(caro.id)] == ["Visa ending in 1881"]


def test_a_card_is_not_kept_whose_owner_took_it_back_meanwhile(
    buyer: Buyer, shelf: Shelf, app: Flask, caro: Customer, practice_gateway: PracticeGateway
) -> None:
    page = buyer.reach_payment(shelf.kale)
    practice_gateway.faults("sale", "drop_after_commit")
    buyer.client.post("/checkout/pay", data={**pay_fields(page, VALID), "save_card": "y"})
    with app.app_context():
        withdraw(customer=caro, purpose=ConsentPurpose.SAVED_CARD, source=Source.SELF)
    work_until_decided(app)
    assert cards_of(caro.id) == []
    delete_removed()
    assert not StoredCard.select().exists()


def test_a_declined_card_is_not_saved(buyer: Buyer, shelf: Shelf) -> None:
    page = buyer.reach_payment(shelf.kale)
    answer = buyer.client.post("/checkout/pay", data={**pay_fields(page, DECLINED), "save_card": "y"})
    assert answer.status_code == 422
    assert not StoredCard.select().exists()


def test_a_card_of_another_brand_is_not_left_in_the_vault(buyer: Buyer, shelf: Shelf) -> None:
    page = buyer.reach_payment(shelf.kale)
    nonce = "fake-valid-dinersclub-nonce"
    answer = buyer.client.post("/checkout/pay", data={**pay_fields(page, nonce), "save_card": "y"})
    assert answer.status_code == 422
    assert StoredCard.get().removed_at is not None
    delete_removed()
    assert not StoredCard.select().exists()


def test_a_declined_form_sent_again_is_no_new_attempt_but_the_fresh_page_is(
    buyer: Buyer, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    save_a_card(buyer, shelf)
    # Amounts from 2000.00 to 2999.99 are declined.
    Variant.update(price_cents=200_000).where(Variant.id == shelf.tote).execute()
    fields = saved_fields(buyer.reach_payment(shelf.tote))
    for _ in range(2):
        answer = buyer.client.post("/checkout/pay", data=fields)
        assert (answer.status_code, "declined" in answer.text) == (422, True)
    assert charges(practice_gateway).count("processor_declined") == 1
    buyer.client.post("/checkout/pay", data=saved_fields(buyer.payment_page()))
    assert charges(practice_gateway).count("processor_declined") == 2


def test_another_customers_card_is_not_there(
    buyer: Buyer, dans: ShopClient, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    card = save_a_card(buyer, shelf)
    stranger = Buyer(dans)
    page = stranger.reach_payment(shelf.tote)
    assert "1881" not in page
    answer = dans.post("/checkout/pay", data={**pay_fields(page, ""), "card": card.id, "attempt": "x"})
    assert answer.status_code == 422
    assert "no longer there" in answer.text
    assert len(charges(practice_gateway)) == 1


def test_a_guest_cannot_pay_with_anybodys_saved_card(
    buyer: Buyer, ada: Buyer, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    card = save_a_card(buyer, shelf)
    page = ada.reach_payment(shelf.tote)
    answer = ada.client.post("/checkout/pay", data={**pay_fields(page, ""), "card": card.id})
    assert answer.status_code == 422
    assert len(charges(practice_gateway)) == 1


def test_a_card_that_was_removed_or_has_expired_pays_nothing(
    buyer: Buyer, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    card = save_a_card(buyer, shelf)
    fields = saved_fields(buyer.reach_payment(shelf.tote))
    StoredCard.update(expires_on=today() - timedelta(days=1)).execute()
    assert "no longer there" in buyer.client.post("/checkout/pay", data=fields).text
    assert "1881" not in buyer.payment_page()
    remove_card(card=card)
    assert "no longer there" in buyer.client.post("/checkout/pay", data=fields).text
    assert len(charges(practice_gateway)) == 1


def test_a_card_deleted_at_the_gateway_is_declined_in_plain_words(
    buyer: Buyer, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    card = save_a_card(buyer, shelf)
    fields = saved_fields(buyer.reach_payment(shelf.tote))

    connect(settings()).payment_method.delete(card.token)
    answer = buyer.client.post("/checkout/pay", data=fields)
    assert answer.status_code == 422
    assert "no longer there" in answer.text
    assert Payment.select().order_by(Payment.id.desc()).get().state == PaymentState.FAILED


@pytest.fixture
def late_buyer(app: Flask, shelf: Shelf) -> Buyer:
    """Somebody who signed in yesterday, with a saved card."""
    customer = make_customer("ida@customers.example", "Ida Fell", password=PASSWORD)
    buyer = Buyer(as_customer(ShopClient(app, use_cookies=True), customer))
    save_a_card(buyer, shelf)
    clock.travel(timedelta(hours=13))
    return buyer


def test_who_signed_in_long_ago_is_asked_for_the_password_first(
    late_buyer: Buyer, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    page = late_buyer.reach_payment(shelf.tote)
    assert 'name="password"' in page
    for typed in ("", "not this one"):
        answer = late_buyer.client.post("/checkout/pay", data={**saved_fields(page), "password": typed})
        assert answer.status_code == 422
        assert "Your password, please" in answer.text
        assert "You were not charged" in answer.text
        assert typed == "" or typed not in answer.text
    assert len(charges(practice_gateway)) == 1
    answer = late_buyer.client.post("/checkout/pay", data={**saved_fields(page), "password": PASSWORD})
    assert order_of(answer).state == OrderState.PLACED


def test_guessing_the_password_comes_to_an_end(late_buyer: Buyer, shelf: Shelf) -> None:
    fields = saved_fields(late_buyer.reach_payment(shelf.tote))
    for _ in range(10):
        late_buyer.client.post("/checkout/pay", data={**fields, "password": "wrong"})
    answer = late_buyer.client.post("/checkout/pay", data={**fields, "password": PASSWORD})
    assert (answer.status_code, "Too many tries" in answer.text) == (429, True)


def test_a_card_that_is_typed_needs_no_password(late_buyer: Buyer, shelf: Shelf) -> None:
    page = late_buyer.reach_payment(shelf.tote)
    assert order_of(late_buyer.pay(page=late_buyer.payment_page())).state == OrderState.PLACED
    assert "with the saved card" in page
