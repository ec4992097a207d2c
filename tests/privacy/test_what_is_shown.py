"""The finer points of the page: whom a draft is shown to, what a mail's links become, where a value is mended."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from flask import Flask

from shop.cart.cookie import hash_of
from shop.cart.models import Cart
from shop.checkout.models import CheckoutDraft
from shop.customers.models import Address, Customer, LinkPurpose
from shop.customers.services.links import make_link
from shop.orders.models import Order
from shop.outbox.services import queue_mail
from shop.privacy.looks import LOG, LOOKS
from shop.privacy.showing import MENDING, edit_url
from shop.privacy.tables import table_of
from shop.privacy.wording import FOR_YOU, FROM
from shop.vault import Purpose, Source, declarations, new_subject
from tests.support.client import ShopClient
from tests.support.customers import CARO
from tests.support.pages import parsed, text_of
from tests.support.till import BUYER

TOKEN = "c" * 43


def page(client: ShopClient) -> str:
    return text_of(parsed(client.get("/my-data").text, fragment=False)[0])


def draft(email: str, token: str, customer: Customer | None = None) -> None:
    cart = Cart.create(token_hash=hash_of(token))
    CheckoutDraft.create(
        cart=cart, idem=secrets.token_hex(8), subject=new_subject("cart"), source=Source.SELF, email=email,
        delivery_city="Alder Falls", customer=customer and customer.id,
    )  # fmt: skip


def test_what_was_typed_in_this_browser_is_shown(caros: ShopClient) -> None:
    caros.set_cookie("cart", TOKEN)
    draft("typed@elsewhere.example", TOKEN)
    assert "Alder Falls" in page(caros)


@pytest.mark.promise("P56")
def test_of_what_was_typed_in_another_browser_only_the_address_is_shown_and_the_reason(caros: ShopClient) -> None:
    draft(CARO, TOKEN)
    shown = page(caros)
    assert "Alder Falls" not in shown
    assert "Somebody typed your address at the checkout in another browser" in shown


def test_what_another_customer_typed_in_this_browser_is_theirs_alone(caros: ShopClient, dan: Customer) -> None:
    caros.set_cookie("cart", TOKEN)
    draft("dan@customers.example", TOKEN, dan)
    assert "Alder Falls" not in page(caros)


def test_a_mail_shown_here_opens_nothing(app: Flask, caros: ShopClient, caro: Customer) -> None:
    token = make_link(purpose=LinkPurpose.RESET_PASSWORD, email=CARO, customer=caro)
    text = f"Follow /password/new?key={token} and be quick."
    queue_mail(
        key="reset", kind="sign-in", to=CARO, subject_line="A", text=text, html=f"<p>{text}</p>",
        about=("customer", caro.id),
    )  # fmt: skip
    shown = page(caros)
    assert "and be quick." in shown
    assert token not in shown
    assert token not in caros.submit("/my-data", action="/my-data/export.json").data.decode()


def test_values_lead_to_where_they_are_mended_and_past_orders_to_whom_to_ask(
    caros: ShopClient, caro: Customer, order: Order
) -> None:
    Order.update(customer=caro.id).execute()
    address = Address.create(customer=caro.id, subject=caro.subject, source="self", city="Alder Falls", street="1 Row")
    text = caros.get("/my-data").text
    assert f'href="/account/addresses/{address.id}' in text
    assert 'href="/account/profile/' in text
    assert "An order that was placed stays as it was sent" in text
    assert '<a href="/privacy/contact">Ask us</a>' in text


def test_every_declared_value_has_an_edit_or_a_reason_why_not(app: Flask) -> None:
    with app.test_request_context("/my-data"):
        lost = [
            f"{found.model.__name__}.{found.field.name}"
            for found in declarations()
            if table_of(found.model).section not in MENDING
            and edit_url(found.model(id=1, subject="none"), found.field.name) is None
        ]
    assert lost == []


@pytest.mark.promise("P54")
def test_being_found_by_a_search_is_a_look(caros: ShopClient, caro: Customer, robin: ShopClient, order: Order) -> None:
    Order.update(customer=caro.id).execute()
    robin.get("/admin/orders", query_string={"q": BUYER["email"]})
    robin.get("/admin/orders", query_string={"q": "nobody@example.com"})
    robin.get(f"/admin/orders/{order.number}")
    shown = page(caros)
    assert shown.count("somebody on our staff (A, owner) found your order by a search") == 1
    assert shown.count("somebody on our staff (A, owner) opened your order") == 1
    assert "Robin" not in shown.partition("Who looked")[2].partition("Backups")[0]


def test_the_page_names_who_answers_for_it(caros: ShopClient) -> None:
    shown = page(caros)
    assert "Robin Fern, privacy administrator" in shown
    assert "privacy@fern-and-strap.example" in shown
    assert "you may go to the privacy regulator" in shown


def test_every_purpose_and_source_has_words_for_the_person_themselves() -> None:
    assert set(FOR_YOU) == set(Purpose)
    assert set(FROM) == set(Source)
    assert not any("customer" in words for words in (*FOR_YOU.values(), *FROM.values(), *LOG.values(), *LOOKS.values()))


@pytest.mark.parametrize("client_of", ["caros", "dans"])
def test_an_empty_cart_and_no_order_say_so(request: pytest.FixtureRequest, client_of: str) -> None:
    client: Any = request.getfixturevalue(client_of)
    assert page(client).count("Nothing held.") >= 5
