"""Contact, delivery and payment, step by step: as plain forms and with htmx."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from shop.cart.models import Cart
from shop.checkout.models import CheckoutDraft
from shop.checkout.queries import Checkout
from shop.orders.models import Order, OrderState, Payment
from shop.payments import gateway

from ..practice import PracticeGateway
from ..support.client import HtmxClient, ShopClient
from ..support.till import BUYER, VALID, Buyer, Shelf, order_of

pytestmark = pytest.mark.once

LONDON = {
    "delivery_country": "GB",
    "delivery_street": "221B Baker Street",
    "delivery_city": "London",
    "delivery_postcode": "nw1 6xe",
}


def titles(page: str) -> list[str]:
    return re.findall(r'<label class="field__label" for="(\w+)">', page)


def links(page: str) -> dict[str, str]:
    """The error summary's, by the field they lead to."""
    return dict(re.findall(r'<li><a href="#(\w+)">([^<]*)</a></li>', page))


def test_an_empty_cart_has_no_checkout(client: ShopClient, htmx: HtmxClient) -> None:
    for path in ("/checkout", "/checkout?step=payment"):
        assert client.get(path).headers["Location"] == "/cart"
    for path in ("contact", "delivery", "method", "pay"):
        assert client.post(f"/checkout/{path}").headers["Location"] == "/cart"
        assert htmx.post(f"/checkout/{path}").headers["HX-Redirect"] == "/cart"


def test_each_step_leads_to_the_next(ada: Buyer, shelf: Shelf) -> None:
    ada.fill_cart(shelf.tote)
    assert titles(ada.client.get("/checkout").text) == ["email"]
    assert ada.give_contact().headers["Location"] == "/checkout?step=delivery"
    assert ada.give_delivery().headers["Location"] == "/checkout?step=payment"
    page = ada.payment_page()
    assert BUYER["email"] in page
    assert "Ada Lovelace, 12 Analytical Way, Los Angeles, CA 90012, United States" in page


def test_htmx_gets_the_next_step_as_a_region_and_payment_as_a_page(bea: Buyer, shelf: Shelf) -> None:
    bea.fill_cart(shelf.tote)
    answer = bea.give_contact()
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<div id="checkout-steps"')
    assert "delivery_street" in answer.text
    assert re.search(r'id="checkout-delivery-title"[^>]* autofocus', answer.text)
    assert bea.give_delivery().headers["HX-Redirect"] == "/checkout?step=payment"


def test_a_later_step_waits_for_those_before_it(ada: Buyer, shelf: Shelf) -> None:
    ada.fill_cart(shelf.tote)
    for step in ("delivery", "payment", "nonsense"):
        assert titles(ada.client.get(f"/checkout?step={step}").text) == ["email"]


def test_a_step_that_is_done_can_be_changed(ada: Buyer, shelf: Shelf) -> None:
    ada.reach_payment(shelf.tote)
    page = ada.client.get("/checkout?step=contact").text
    assert f'value="{BUYER["email"]}"' in page
    ada.give_contact(email="countess@example.com")
    assert "countess@example.com" in ada.payment_page()


@pytest.mark.parametrize("typed", ["ada", "ada@", "ada@nowhere", "a b@example.com", "ada@example.com,eve@example.com"])
def test_what_is_no_address_for_mail_is_refused(ada: Buyer, bea: Buyer, shelf: Shelf, typed: str) -> None:
    for buyer in (ada, bea):
        buyer.fill_cart(shelf.tote)
        answer = buyer.give_contact(email=typed)
        assert answer.status_code == 422
        assert "not a complete e-mail address" in answer.text
        assert f'value="{typed}"' in answer.text


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("delivery_name", "A" * 101, "too long: 100 letters fit, and there are 101"),
        ("delivery_street", "A" * 201, "too long"),
        ("note", "A" * 501, "too long"),
        ("delivery_name", "Ada\x00Lovelace", "cannot be printed"),
        ("delivery_name", "Ada\u202eecalevoL", "cannot be printed"),
        ("delivery_city", "Los\nAngeles", "cannot be printed"),
        ("delivery_postcode", "9001", "not a ZIP code of that country"),
        ("delivery_region", "XX", "choose a state"),
        ("delivery_country", "XX", "choose a country"),
        ("phone", "12", "not a complete phone number"),
        ("phone", "call me", "not a complete phone number"),
    ],
)
def test_what_cannot_be_right_is_refused_and_kept_as_typed(
    ada: Buyer, shelf: Shelf, field: str, typed: str, said: str
) -> None:
    ada.fill_cart(shelf.tote)
    ada.give_contact()
    answer = ada.give_delivery(**{field: typed})
    assert answer.status_code == 422
    assert said in answer.text
    assert "Please look at this again" in answer.text
    assert "12 Analytical Way" in answer.text or field == "delivery_street"
    assert not CheckoutDraft.get().is_delivery_done


def test_a_phone_number_is_shown_as_people_write_it(ada: Buyer, shelf: Shelf) -> None:
    ada.fill_cart(shelf.tote)
    ada.give_contact()
    ada.give_delivery(phone="213.555.0134")
    assert "(213) 555-0134" in ada.payment_page()
    assert 'value="+1 213-555-0134"' in ada.client.get("/checkout?step=delivery").text


def test_the_summary_says_which_address_lacks_what_and_leads_there(ada: Buyer, shelf: Shelf) -> None:
    ada.fill_cart(shelf.tote)
    ada.give_contact()
    page = ada.give_delivery(delivery_street="", delivery_city="x" * 101, billing_is_delivery=None).text
    assert links(page) == {
        "delivery_street": "Street address is missing.",
        "delivery_city": "City: This is too long: 100 letters fit, and there are 101.",
        "billing_name": "Invoice address: Full name is missing.",
        "billing_street": "Invoice address: Street address is missing.",
        "billing_city": "Invoice address: City is missing.",
        "billing_postcode": "Invoice address: ZIP code is missing.",
        "billing_region": "Invoice address: State is missing.",
    }
    assert all(f'id="{field}"' in page for field in links(page))


def test_a_refused_address_answers_htmx_with_the_steps(bea: Buyer, shelf: Shelf) -> None:
    bea.fill_cart(shelf.tote)
    bea.give_contact()
    answer = bea.give_delivery(delivery_postcode="9001")
    assert answer.status_code == 422
    assert answer.text.lstrip().startswith('<div id="checkout-steps"')


def test_another_country_has_other_fields(ada: Buyer, bea: Buyer, shelf: Shelf) -> None:
    for buyer in (ada, bea):
        buyer.fill_cart(shelf.tote)
        buyer.give_contact()
        answer = buyer.give_delivery(delivery_country="GB", button="update=delivery")
        page = buyer.client.get(answer.headers["Location"]).text if answer.status_code == 303 else answer.text
        assert "delivery_region" not in page
        assert "Postcode" in page
        assert "12 Analytical Way" in page
        assert "Please look at this again" not in page


def test_an_address_abroad_is_written_as_there(ada: Buyer, shelf: Shelf) -> None:
    ada.fill_cart(shelf.tote)
    ada.give_contact()
    ada.give_delivery(delivery_country="GB", button="update=delivery")
    assert ada.give_delivery(lacking=("delivery_region",), **LONDON).status_code == 303
    page = ada.payment_page()
    assert "Ada Lovelace, 221B Baker Street, London, NW1 6XE, United Kingdom" in page
    assert "VAT" in page


def test_a_country_that_is_not_served_is_not_offered(ada: Buyer, shelf: Shelf) -> None:
    ada.fill_cart(shelf.tote)
    ada.give_contact()
    page = ada.client.get("/checkout?step=delivery").text
    choices = re.search(r'<select[^>]*id="delivery_country".*?</select>', page, re.DOTALL)
    assert choices
    assert re.findall(r'value="(\w\w)"', choices[0]) == ["US", "CA", "DE", "GB"]


def test_a_phone_number_is_read_in_the_country_it_goes_to(ada: Buyer, shelf: Shelf, app: Flask) -> None:
    ada.fill_cart(shelf.tote)
    ada.give_contact()
    ada.give_delivery(phone="(213) 555-0100")
    with app.app_context():
        assert CheckoutDraft.get().phone == "+12135550100"


def test_another_way_of_delivery_changes_the_total(ada: Buyer, bea: Buyer, shelf: Shelf) -> None:
    for buyer in (ada, bea):
        page = buyer.reach_payment(shelf.tote)
        assert "Pay $52.56" in page or "HX" in page
        answer = buyer.choose("express")
        assert (answer.headers.get("Location") or answer.headers["HX-Redirect"]) == "/checkout?step=payment"
    assert "Pay $70.56" in ada.payment_page()
    assert ada.choose("pick-up").status_code == 422


def test_only_the_payment_page_may_load_the_providers_scripts(ada: Buyer, shelf: Shelf) -> None:
    ada.reach_payment(shelf.tote)
    allowed = {
        path: ada.client.get(path).headers["Content-Security-Policy"]
        for path in ("/checkout?step=contact", "/checkout?step=delivery", "/checkout?step=payment", "/cart")
    }
    widened = [path for path, policy in allowed.items() if "frame-src" in policy]
    assert widened == ["/checkout?step=payment"]


def test_each_field_has_its_autocomplete_token(ada: Buyer, shelf: Shelf) -> None:
    ada.fill_cart(shelf.tote)
    contact = ada.client.get("/checkout").text
    ada.give_contact()
    page = contact + ada.client.get("/checkout?step=delivery").text
    for name, token in {
        "email": "email",
        "phone": "tel",
        "delivery_name": "shipping name",
        "delivery_street": "shipping street-address",
        "delivery_postcode": "shipping postal-code",
        "billing_city": "billing address-level2",
        "billing_country": "billing country",
    }.items():
        field = re.search(rf'<(?:input|select|textarea)[^>]*id="{name}"[^>]*>', page)
        assert field, name
        assert f'autocomplete="{token}"' in field[0]


@pytest.mark.parametrize("path", ["contact", "delivery", "method", "pay"])
def test_a_form_without_its_sessions_token_changes_nothing(ada: Buyer, shelf: Shelf, path: str) -> None:
    ada.reach_payment(shelf.tote)
    before = CheckoutDraft.get().touched_at
    answer = ada.client.post(f"/checkout/{path}", data={**BUYER, "email": "eve@example.com", "update": "delivery"})
    assert answer.status_code == 422
    assert "open for too long" in answer.text or path == "method"
    assert CheckoutDraft.get().touched_at == before
    assert Order.select().count() == 0


def test_another_site_cannot_send_our_forms(ada: Buyer, shelf: Shelf) -> None:
    ada.reach_payment(shelf.tote)
    answer = ada.client.post("/checkout/pay", headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403


def test_a_client_without_a_browser_buys_with_a_published_code(ada: Buyer, shelf: Shelf) -> None:
    """Only what the pages themselves say is sent, and no header that a browser would add."""
    page = ada.reach_payment(shelf.tote)
    assert order_of(ada.pay("fake-valid-nonce", page=page)).state == OrderState.PLACED


class TestWithoutDisk:
    @pytest.fixture
    def settings_overrides(self, practice_gateway: PracticeGateway) -> dict[str, Any]:
        return {"practice_gateway_url": practice_gateway.url, "disk_megabytes_needed": 10**9}

    def test_no_order_is_taken_that_could_not_be_remembered(self, ada: Buyer, shelf: Shelf) -> None:
        page = ada.reach_payment(shelf.tote)
        assert "We cannot take orders right now" in page
        assert 'action="/checkout/pay"' not in page

    def test_and_a_form_sent_all_the_same_is_answered_503(
        self, ada: Buyer, shelf: Shelf, practice_gateway: PracticeGateway
    ) -> None:
        ada.reach_payment(shelf.tote)
        token = re.search(r'name="csrf_token" value="([^"]+)"', ada.client.get("/checkout?step=contact").text)
        assert token
        with ada.client.application.app_context():
            idem = Checkout(Cart.get()).idem
        fields = {
            "csrf_token": token[1],
            "idem": idem,
            "seen_total": "5256",
            "payment_method_nonce": VALID,
        }
        answer = ada.client.post("/checkout/pay", data=fields)
        assert (answer.status_code, Payment.select().count()) == (503, 0)
        assert "Nothing was charged, and your cart is kept" in answer.text
        assert practice_gateway.ledger() == []
        assert gateway.is_open()
