"""One purchase, however often and from wherever it is sent."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop.cart.models import Cart
from shop.catalogue.models import Variant
from shop.checkout.models import CheckoutDraft
from shop.orders.models import Hold, HoldState, Order, OrderContact, OrderState, Payment, PaymentState
from shop.orders.services.expiring import expire_pending
from shop.outbox.models import Mail
from shop.pricing.models import Discount
from shop.vault import REMOVED, destroyed_at

from ..practice import PracticeGateway
from ..support.client import HtmxClient, ShopClient
from ..support.till import DECLINED, VALID, Buyer, Shelf, order_of, pay_fields
from ..support.worker import work


def held(variant_id: int) -> int:
    return int(Variant.get_by_id(variant_id).held)


def test_a_placed_order_ends_the_cart_and_mails_a_confirmation(ada: Buyer, shelf: Shelf) -> None:
    ada.reach_payment(shelf.tote)
    answer = ada.pay()
    assert "cart=;" in answer.headers["Set-Cookie"]
    assert (Cart.select().count(), CheckoutDraft.select().count()) == (0, 0)
    assert [mail.kind for mail in Mail.select()] == ["order-confirmed"]
    assert "is empty" in ada.client.get("/cart").text


def test_what_was_typed_cannot_be_read_once_the_order_is_placed(ada: Buyer, shelf: Shelf, app: Flask) -> None:
    """Not even from a copy of the database that was made before."""
    ada.reach_payment(shelf.tote)
    draft = CheckoutDraft.get()
    ada.pay()
    with app.app_context():
        assert draft.email is REMOVED
        assert OrderContact.get().email == "ada.lovelace@example.com"


@pytest.mark.promise("P62")
def test_a_declined_card_makes_no_order_and_the_next_one_does(
    ada: Buyer, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    ada.reach_payment(shelf.tote)
    answer = ada.pay(DECLINED)
    assert answer.status_code == 422
    assert "Your bank declined this card" in answer.text
    assert "You were not charged" in answer.text
    assert 'name="payment_method_nonce" value=""' in answer.text
    order = Order.get()
    assert order.state == OrderState.PAYMENT_FAILED
    assert held(shelf.tote) == 0
    again = ada.pay(page=answer.text)
    assert order_of(again).number == order.number
    assert Order.get().state == OrderState.PLACED
    assert [payment.state for payment in Payment.select().order_by(Payment.id)] == ["failed", "authorized"]
    assert sorted(one["status"] for one in practice_gateway.ledger()) == ["authorized", "processor_declined"]


def test_a_declined_card_answers_htmx_with_the_steps_alone(bea: Buyer, shelf: Shelf) -> None:
    bea.fill_cart(shelf.tote)
    bea.give_contact()
    bea.give_delivery()
    answer = bea.pay(DECLINED)
    assert answer.status_code == 422
    assert answer.text.lstrip().startswith('<div id="checkout-steps"')
    assert "Your bank declined this card" in answer.text


def test_a_reloaded_decline_is_no_new_attempt(ada: Buyer, shelf: Shelf, practice_gateway: PracticeGateway) -> None:
    page = ada.reach_payment(shelf.tote)
    for _ in range(2):
        assert "Your bank declined this card" in ada.pay(DECLINED, page=page).text
    assert len(practice_gateway.ledger()) == 1


@pytest.mark.promise("P61")
@pytest.mark.parametrize("nonce", ["fake-valid-jcb-nonce", "fake-valid-dinersclub-nonce", "fake-valid-maestro-nonce"])
def test_other_brands_are_refused_and_given_free(
    ada: Buyer, shelf: Shelf, practice_gateway: PracticeGateway, nonce: str
) -> None:
    ada.reach_payment(shelf.tote)
    answer = ada.pay(nonce)
    assert answer.status_code == 422
    assert "Visa, Mastercard, Discover and American Express" in answer.text
    assert Order.get().state == OrderState.PAYMENT_FAILED
    assert {one["status"] for one in practice_gateway.ledger()} <= {"voided", "gateway_rejected", "processor_declined"}


@pytest.mark.promise("P61")
@pytest.mark.parametrize(
    "nonce",
    ["fake-valid-visa-nonce", "fake-valid-mastercard-nonce", "fake-valid-discover-nonce", "fake-valid-amex-nonce"],
)
def test_the_four_named_brands_are_taken(ada: Buyer, shelf: Shelf, nonce: str) -> None:
    page = ada.reach_payment(shelf.tote)
    assert "We take Visa, Mastercard, Discover and American Express." in page
    assert order_of(ada.pay(nonce, page=page)).state == OrderState.PLACED


@pytest.mark.promise("P62")
def test_a_double_click_is_one_charge_and_one_order(
    ada: Buyer, shelf: Shelf, app: Flask, practice_gateway: PracticeGateway
) -> None:
    fields = pay_fields(ada.reach_payment(shelf.tote), VALID)
    cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in ada.client._cookies.values())  # noqa: SLF001
    start = threading.Barrier(4)

    def click(_: int) -> str:
        start.wait()
        answer = ShopClient(app, use_cookies=False).post("/checkout/pay", data=fields, headers={"Cookie": cookies})
        return str(answer.headers["Location"]).partition("?")[0].rpartition("/")[2]

    with ThreadPoolExecutor(4) as pool:
        numbers = set(pool.map(click, range(4)))
    order = Order.get()
    assert numbers == {order.number}
    assert order.state == OrderState.PLACED
    assert len(practice_gateway.ledger()) == 1


def test_the_form_sent_again_after_the_order_leads_to_that_order(
    ada: Buyer, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    page = ada.reach_payment(shelf.tote)
    first, second = ada.pay(page=page), ada.pay(page=page)
    assert order_of(first).id == order_of(second).id
    assert len(practice_gateway.ledger()) == 1


def test_two_tabs_with_the_same_cart_buy_it_once(ada: Buyer, shelf: Shelf, practice_gateway: PracticeGateway) -> None:
    one = ada.reach_payment(shelf.tote)
    other = ada.payment_page()
    assert pay_fields(one, "")["idem"] == pay_fields(other, "")["idem"]
    assert order_of(ada.pay(page=one)).id == order_of(ada.pay(page=other)).id
    assert len(practice_gateway.ledger()) == 1


def test_a_tab_that_shows_an_older_cart_buys_nothing(
    ada: Buyer, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    old = ada.reach_payment(shelf.tote)
    ada.fill_cart(shelf.kale)
    answer = ada.pay(page=old)
    assert answer.status_code == 409
    assert "You were not charged" in answer.text
    assert (Order.select().count(), practice_gateway.ledger()) == (0, [])


def test_another_address_in_another_tab_is_not_bought_unseen(ada: Buyer, shelf: Shelf) -> None:
    old = ada.reach_payment(shelf.tote)
    ada.give_delivery(delivery_name="Somebody Else")
    answer = ada.pay(page=old)
    assert answer.status_code == 409
    assert Order.select().count() == 0
    assert ada.pay(page=answer.text).status_code == 303


def test_a_changed_price_is_shown_before_anything_is_charged(
    ada: Buyer, bea: Buyer, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    old = ada.reach_payment(shelf.tote)
    Variant.update(price_cents=5000).where(Variant.id == shelf.tote).execute()
    answer = ada.pay(page=old)
    assert answer.status_code == 409
    assert "Prices changed" in answer.text
    assert "Pay $54.75" in answer.text
    assert practice_gateway.ledger() == []
    assert order_of(ada.pay(page=answer.text)).total_cents == 5475


def test_what_sold_out_while_paying_is_named(ada: Buyer, shelf: Shelf, practice_gateway: PracticeGateway) -> None:
    page = ada.reach_payment(shelf.tote, 2)
    Variant.update(on_hand=1).where(Variant.id == shelf.tote).execute()
    answer = ada.pay(page=page)
    assert answer.status_code == 409
    assert "Of Alder Tote, Moss only 1 is left. You were not charged." in answer.text
    assert (Order.select().count(), practice_gateway.ledger(), held(shelf.tote)) == (0, [], 0)
    Variant.update(on_hand=20).where(Variant.id == shelf.tote).execute()


def test_nothing_of_a_cart_is_held_when_one_line_is_sold_out(ada: Buyer, shelf: Shelf) -> None:
    ada.fill_cart(shelf.tote)
    page = ada.reach_payment(shelf.last)
    Variant.update(on_hand=0).where(Variant.id == shelf.last).execute()
    assert ada.pay(page=page).status_code == 409
    assert held(shelf.tote) == 0
    Variant.update(on_hand=10).where(Variant.id == shelf.last).execute()


def test_a_discount_is_used_once_and_given_back_when_the_payment_fails(ada: Buyer, shelf: Shelf) -> None:
    ada.fill_cart(shelf.tote)
    ada.client.post("/cart/discount", data={"code": "WELCOME10"})
    page = ada.reach_payment(shelf.tote)
    ada.pay(DECLINED, page=page)
    assert Discount.get().used == 0
    order = order_of(ada.pay())
    assert (order.discount_code, order.discount_cents, Discount.get().used) == ("WELCOME10", 960, 1)


def test_a_code_that_somebody_else_used_up_is_left_out_before_anything_is_charged(
    ada: Buyer, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    ada.fill_cart(shelf.tote)
    ada.client.post("/cart/discount", data={"code": "WELCOME10"})
    page = ada.reach_payment(shelf.tote)
    Discount.update(use_limit=0).execute()
    answer = ada.pay(page=page)
    assert answer.status_code == 409
    assert "used as often as it can be" in answer.text
    assert practice_gateway.ledger() == []
    assert order_of(ada.pay(page=answer.text)).discount_cents == 0


def test_an_order_that_costs_nothing_needs_no_card(ada: Buyer, shelf: Shelf, practice_gateway: PracticeGateway) -> None:
    ada.fill_cart(shelf.free)
    ada.give_contact()
    ada.collect()
    page = ada.payment_page()
    assert "data-card-entry" not in page
    order = order_of(ada.pay("", page=page))
    assert (order.state, order.total_cents) == (OrderState.PLACED, 0)
    assert (Payment.select().count(), practice_gateway.ledger()) == (0, [])


def test_paying_without_a_card_says_so(ada: Buyer, shelf: Shelf) -> None:
    ada.reach_payment(shelf.tote)
    answer = ada.pay("")
    assert (answer.status_code, Order.select().count()) == (422, 0)
    assert "fill in the card form" in answer.text


def test_a_failed_order_is_forgotten_after_a_day(ada: Buyer, shelf: Shelf, app: Flask) -> None:
    ada.reach_payment(shelf.tote)
    ada.pay(DECLINED)
    subject = OrderContact.get().subject
    clock.travel(timedelta(hours=25))
    assert expire_pending() == 1
    assert Order.get().state == OrderState.EXPIRED
    assert OrderContact.select().count() == 0
    with app.app_context():
        assert destroyed_at(subject) is not None


def test_after_its_order_expired_a_cart_can_still_be_bought(ada: Buyer, shelf: Shelf) -> None:
    page = ada.reach_payment(shelf.tote)
    ada.pay(DECLINED, page=page)
    clock.travel(timedelta(hours=25))
    expire_pending()
    clock.travel(timedelta(0))
    answer = ada.pay(page=page)
    assert answer.status_code == 409
    assert order_of(ada.pay(page=answer.text)).state == OrderState.PLACED


def test_a_changed_address_after_a_decline_gives_up_the_first_order(ada: Buyer, shelf: Shelf) -> None:
    ada.reach_payment(shelf.tote)
    ada.pay(DECLINED)
    ada.give_delivery(delivery_street="1 New Road")
    placed = order_of(ada.pay())
    assert sorted(order.state for order in Order.select()) == ["expired", "placed"]
    assert OrderContact.get().order_id == placed.id


def test_while_the_bank_is_asked_there_is_no_second_pay_button(
    ada: Buyer, shelf: Shelf, app: Flask, practice_gateway: PracticeGateway
) -> None:
    page = ada.reach_payment(shelf.tote)
    practice_gateway.faults("sale", "drop_after_commit")
    ada.pay(page=page)
    now = ada.payment_page()
    assert "We are checking with the bank" in now
    assert 'action="/checkout/pay"' not in now
    again = ada.pay(page=page)
    assert "/checkout/waiting/" in again.headers["Location"]
    work(app, after=timedelta(seconds=10))


def test_the_waiting_page_polls_and_leaves_by_itself(
    bea: Buyer, shelf: Shelf, app: Flask, practice_gateway: PracticeGateway
) -> None:
    bea.fill_cart(shelf.tote)
    bea.give_contact()
    bea.give_delivery()
    page = bea.payment_page()
    practice_gateway.faults("sale", "drop_after_commit")
    waiting = bea.pay(page=page).headers["HX-Redirect"]
    poll = bea.client.get(waiting)
    assert 'hx-trigger="every 3s"' in poll.text
    assert "HX-Redirect" not in poll.headers
    work(app, after=timedelta(seconds=10))
    assert bea.client.get(waiting).headers["HX-Redirect"].startswith("/orders/")


def test_a_stranger_cannot_look_at_somebodys_waiting_page(
    ada: Buyer, htmx: HtmxClient, shelf: Shelf, app: Flask, practice_gateway: PracticeGateway
) -> None:
    page = ada.reach_payment(shelf.tote)
    practice_gateway.faults("sale", "drop_after_commit")
    waiting = ada.pay(page=page).headers["Location"]
    assert htmx.get(waiting.partition("?")[0]).status_code == 404
    assert htmx.get(waiting + "x").status_code == 404
    work(app, after=timedelta(seconds=10))


def test_cards_cannot_be_tried_out_one_after_the_other(ada: Buyer, shelf: Shelf) -> None:
    ada.reach_payment(shelf.tote)
    nonces = [
        DECLINED,
        "fake-processor-declined-mastercard-nonce",
        "fake-processor-declined-amex-nonce",
        "fake-processor-declined-discover-nonce",
    ]
    for at in range(8):
        Payment.update(nonce_hash=str(at)).execute()
        assert ada.pay(nonces[at % 4]).status_code == 422
    answer = ada.pay(VALID)
    assert answer.status_code == 429
    assert "Too many tries" in answer.text
    assert not Payment.select().where(Payment.state == PaymentState.AUTHORIZED).exists()


def test_a_hold_ends_with_its_order(ada: Buyer, shelf: Shelf) -> None:
    ada.reach_payment(shelf.tote)
    ada.pay()
    assert [hold.state for hold in Hold.select()] == [HoldState.SOLD]
