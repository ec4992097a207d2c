"""What the policy says about ordering, shown on the pages of the checkout."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from shop import create_app
from shop.card_guard import holds_card_number
from shop.checkout.models import CheckoutDraft
from shop.config import WrongSettings, settings
from shop.db import db
from shop.ops.models import all_models
from shop.orders import personal_data as declared
from shop.orders.models import Order, OrderContact
from shop.outbox.services import send_due
from shop.vault import Personal

from ..practice import PracticeGateway
from ..support.client import ShopClient
from ..support.till import BUYER, Buyer, Shelf, order_of

CARDS = ("4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111", "378282246310005", "6011111111111117")
ANOTHER = {
    "billing_name": "Countess of Lovelace",
    "billing_street": "St James's Square",
    "billing_city": "London",
    "billing_postcode": "SW1Y 4JH",
    "billing_country": "GB",
}


PARTS = ("name", "street", "city", "region", "postcode")
REQUIRED = [f"{kind}_{part}" for kind in ("delivery", "billing") for part in PARTS]
OPTIONAL = ["delivery_company", "phone", "note"]


def asked(name: str) -> Personal:
    """The declaration behind a field."""
    found: Personal = getattr(declared, name.upper())
    return found


@pytest.mark.promise("P04")
def test_an_order_has_two_addresses_and_the_customer_sees_both(ada: Buyer, shelf: Shelf, app: Flask) -> None:
    ada.fill_cart(shelf.tote)
    ada.give_contact()
    # The invoice's country has other fields: they are fetched first, as without JavaScript.
    ada.give_delivery(billing_is_delivery=None, billing_country="GB", phone="(213) 555-0100", button="update=billing")
    ada.give_delivery(billing_is_delivery=None, phone="(213) 555-0100", **ANOTHER)
    answer = ada.pay(page=ada.payment_page())
    with app.app_context():
        contact = OrderContact.get()
        assert (contact.delivery_street, contact.billing_street) == ("12 Analytical Way", "St James's Square")
        assert (contact.billing_country, contact.phone) == ("GB", "+12135550100")
    page = ada.client.get(answer.headers["Location"]).text
    assert "12 Analytical Way" in page
    assert "St James" in page


@pytest.mark.promise("P05")
def test_looking_writes_nothing_and_unknown_fields_are_dropped(ada: Buyer, shelf: Shelf, app: Flask) -> None:
    ada.fill_cart(shelf.tote)
    for step in ("contact", "delivery", "payment"):
        ada.client.get(f"/checkout?step={step}&email=ada@example.com&delivery_name=Ada")
    assert CheckoutDraft.select().count() == 0
    page = ada.client.get("/checkout").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    ada.client.post(
        "/checkout/contact",
        data={
            "csrf_token": token[1],
            "email": BUYER["email"],
            "birthday": "1815-12-10",
            "note": "planted",
            "phone": "+12135550100",
        },
    )
    with app.app_context():
        draft = CheckoutDraft.get()
        assert (draft.email, draft.note, draft.phone) == (BUYER["email"], None, None)
    assert b"1815-12-10" not in b"".join(path.read_bytes() for path in settings().shop_instance.glob("shop.db*"))


@pytest.mark.promise("P06")
@pytest.mark.parametrize("name", OPTIONAL)
def test_what_is_optional_says_so_and_may_be_left_out(ada: Buyer, shelf: Shelf, name: str) -> None:
    ada.fill_cart(shelf.tote)
    ada.give_contact()
    page = ada.client.get("/checkout?step=delivery").text
    label = re.search(rf'<label class="field__label" for="{name}">(.*?)</label>', page)
    assert label
    assert "optional" in label[1]
    assert ada.give_delivery(**{name: ""}).headers["Location"].endswith("step=payment")


@pytest.mark.promise("P06", "P07")
@pytest.mark.parametrize("name", REQUIRED)
def test_what_is_required_says_what_happens_without_it(ada: Buyer, shelf: Shelf, name: str) -> None:
    ada.fill_cart(shelf.tote)
    ada.give_contact()
    page = ada.client.get("/checkout?step=delivery").text
    assert asked(name).why in page
    assert asked(name).without in page
    other: dict[str, Any] = {} if name.startswith("delivery") else {"billing_is_delivery": None}
    answer = ada.give_delivery(**{name: ""}, **other)
    assert answer.status_code == 422
    error = re.search(rf'id="{name}-error">(.*?)</p>', answer.text)
    assert error
    assert asked(name).without.replace("'", "&#39;") in error[1]
    assert 'value="Ada Lovelace"' in answer.text or name == "delivery_name"


@pytest.mark.promise("P06", "P07")
def test_without_an_e_mail_the_consequence_is_said(ada: Buyer, bea: Buyer, shelf: Shelf) -> None:
    for buyer in (ada, bea):
        buyer.fill_cart(shelf.tote)
        answer = buyer.give_contact(email="")
        assert answer.status_code == 422
        error = re.search(r'id="email-error">(.*?)</p>', answer.text)
        assert error
        assert asked("email").without in error[1]


@pytest.mark.promise("P14")
def test_personal_pages_are_kept_nowhere(ada: Buyer, shelf: Shelf) -> None:
    page = ada.reach_payment(shelf.tote)
    assert BUYER["email"] in page
    answers = [ada.client.get("/checkout"), ada.pay(page=page)]
    answers.append(ada.client.get(answers[-1].headers["Location"]))
    assert [answer.headers["Cache-Control"] for answer in answers] == ["no-store"] * 3


@pytest.mark.promise("P14")
def test_production_refuses_to_start_without_https(tmp_path: Path) -> None:
    with pytest.raises(WrongSettings) as refused:
        create_app(shop_instance=tmp_path, shop_mode="production", shop_url="http://shop.example")
    assert any("SHOP_URL must start with https://" in problem for problem in refused.value.problems)


class TestOverHttps:
    @pytest.fixture
    def settings_overrides(self, practice_gateway: PracticeGateway) -> dict[str, Any]:
        return {"practice_gateway_url": practice_gateway.url, "shop_url": "https://shop.example"}

    @pytest.mark.promise("P14")
    def test_cookies_and_answers_are_tied_to_https(self, client: ShopClient, shelf: Shelf) -> None:
        here = {"base_url": "https://shop.example"}
        added = client.post("/cart/lines", data={"variant_id": shelf.tote, "quantity": 1}, **here)
        answer = client.get("/checkout", **here)
        assert "max-age=63072000" in answer.headers["Strict-Transport-Security"]
        cookies = [*added.headers.getlist("Set-Cookie"), *answer.headers.getlist("Set-Cookie")]
        assert {cookie.partition("=")[0] for cookie in cookies} == {"__Host-cart", "__Host-session"}
        assert all("Secure" in cookie and "HttpOnly" in cookie for cookie in cookies)


@pytest.mark.promise("P15")
def test_no_page_of_ours_has_a_field_for_a_card(ada: Buyer, shelf: Shelf) -> None:
    page = ada.reach_payment(shelf.tote)
    names = {name.lower() for name in re.findall(r'name="([^"]+)"', page)}
    assert names.isdisjoint({"number", "card_number", "cardnumber", "cc-number", "cvv", "cvc", "expiry", "expiration"})
    assert "cc-number" not in page


@pytest.mark.promise("P15")
@pytest.mark.parametrize("card", CARDS)
@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/cart/lines", "quantity"),
        ("/cart/discount", "code"),
        ("/checkout/contact", "email"),
        ("/checkout/delivery", "note"),
        ("/checkout/delivery", "delivery_name"),
        ("/checkout/pay", "payment_method_nonce"),
        ("/checkout/pay", "number"),
        ("/admin/sign-in", "password"),
    ],
)
def test_a_card_number_is_refused_in_any_field(ada: Buyer, path: str, field: str, card: str) -> None:
    answer = ada.client.post(path, data={field: f"my card: {card} 12/28"})
    assert answer.status_code == 422
    assert "looks like a card number" in answer.text
    assert card not in answer.text


@pytest.mark.promise("P15")
def test_a_card_number_is_refused_in_addresses_json_and_files(ada: Buyer) -> None:
    card = CARDS[0]
    file = (io.BytesIO(f"name,card\nAda,{card}\n".encode()), "cards.csv", "text/csv")
    for answer in (
        ada.client.get("/search", query_string={"q": card}),
        ada.client.post("/cart/lines", json={"lines": [{"note": card}]}),
        ada.client.post("/cart/lines", json={"card": int(card)}),
        ada.client.post("/cart/lines", data={"file": file}),
        ada.client.post("/cart/lines", data=card, content_type="text/plain"),
    ):
        assert answer.status_code == 422


@pytest.mark.promise("P15")
@pytest.mark.parametrize(
    "text",
    [
        *("jo4000056655665556@example.com", "card4000056655665556thanks", "n378282246310005", "4000_0566_5566_5556"),
        *(
            "4000,0566,5566,5556",
            "4000\u20130566\u20135566\u20135556",
            "4000\u200b0566\u200b5566\u200b5556",
            "3782_822463_10005",
        ),
        *("4 0 0 0 0 5 6 6 5 5 6 6 5 5 5 6", "4.0.0.0.0.5.6.6.5.5.6.6.5.5.5.6", "nr4000 0566 5566 5556x"),
    ],
)
def test_a_card_number_is_seen_however_it_is_written(text: str) -> None:
    assert holds_card_number(text)


@pytest.mark.parametrize(
    "text",
    [
        *("+1 (213) 555-0100", "+49 1512 3456789", "+86 138 1234 5678", "K7QM-3RTX", "90012-1234", "1234567890123"),
        *("2026-11-22 06:25:13", "4111111111111112", "12", "tokencc_bh_4111x"),
        *("GB29NWBK60161331926819", "DE89 3704 0044 0532 0130 00", "JD014600006281234567", "1Z999AA10123456784"),
        *("9400111899223818218407", "sizes 36, 37, 38, 39, 40, 41, 42", "10:00-12:00 14:00-16:00 on 2026-11-24"),
    ],
)
def test_phones_dates_and_order_numbers_are_no_cards(text: str) -> None:
    assert not holds_card_number(text)


@pytest.mark.promise("P16")
def test_after_a_purchase_no_card_number_is_anywhere(ada: Buyer, shelf: Shelf, app: Flask, capfd: Any) -> None:
    page = ada.reach_payment(shelf.tote)
    ada.client.post("/checkout/contact", data={"email": CARDS[0]})
    ada.client.get("/search", query_string={"q": CARDS[0]})
    order_of(ada.pay(page=page))
    with app.app_context():
        send_due()
    logged = capfd.readouterr()
    assert CARDS[0] not in logged.out + logged.err
    files = [path for path in settings().shop_instance.rglob("*") if path.is_file()]
    assert any(path.suffix == ".eml" for path in files)
    for path in files:
        content = path.read_bytes()
        assert all(card.encode() not in content for card in CARDS), path.name
    found = [
        table
        for table in db.get_tables()
        for row in db.execute_sql(f'SELECT * FROM "{table}"').fetchall()
        if any(holds_card_number(value) for value in row if isinstance(value, str))
    ]
    assert found == []


@pytest.mark.promise("P16")
def test_the_schema_has_no_place_for_a_card(app: Flask) -> None:
    columns = {column.name.lower() for model in all_models() for column in db.get_columns(model._meta.table_name)}
    telling = {"card", "card_number", "number_hash", "pan", "cvv", "cvc", "expiry", "expiration", "track"}
    assert columns.isdisjoint(telling)
    assert {"brand", "last4"} <= columns


@pytest.mark.promise("P62")
def test_the_page_says_that_payment_is_due_on_submission(ada: Buyer, shelf: Shelf) -> None:
    page = ada.reach_payment(shelf.tote)
    assert "Payment is due when you submit the order: $52.56 is charged to your card then, in full." in page
    assert ">Pay $52.56</button>" in page


def test_an_order_that_is_collected_asks_for_a_name_alone(ada: Buyer, shelf: Shelf, app: Flask) -> None:
    ada.fill_cart(shelf.tote)
    ada.give_contact()
    ada.collect(delivery_street="12 Analytical Way", phone="+12135550100")
    ada.pay(page=ada.payment_page())
    with app.app_context():
        contact = OrderContact.get()
        assert contact.delivery_name == "Ada Lovelace"
        assert (contact.delivery_street, contact.phone, contact.billing_street) == (None, None, None)
    assert Order.get().delivery_code == "pick-up"
