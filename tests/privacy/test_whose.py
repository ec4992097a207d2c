"""Every row that is somebody's is found, and none that is another's."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from shop.cart.models import Cart
from shop.checkout.models import CheckoutDraft
from shop.customers.models import Address, Customer, LinkPurpose, MailedLink
from shop.customers.services.links import make_link
from shop.db import open_connection
from shop.orders.models import Order, OrderContact
from shop.outbox.models import Mail
from shop.outbox.services import queue_mail
from shop.privacy.cases.models import Case
from shop.privacy.person import Person, our_models, parents_with_index, person_of, rows_about, subjects_of, ways_to
from shop.vault import Sealed, Source, new_subject
from tests.support.customers import CARO, DAN


@pytest.fixture(autouse=True)
def connected(app: Flask) -> Iterator[None]:
    with app.app_context():
        open_connection()
        yield


def order_for(email: str, customer: Customer | None = None) -> OrderContact:
    order = Order.create(
        number=secrets.token_hex(4), idem=secrets.token_hex(8), fingerprint="", customer=customer, currency="USD",
        subtotal_cents=0, total_cents=0, quote="{}", delivery_code="", delivery_name="",
    )  # fmt: skip
    return OrderContact.create(order=order.id, subject=new_subject("order"), source=Source.SELF, email=email)


def mail_to(email: str, about: tuple[str, int]) -> Mail:
    return queue_mail(
        key=secrets.token_hex(8), kind="correspondence", to=email, subject_line="A", text="B", html="C", about=about
    )


def ids(rows: list[Any]) -> set[int]:
    return {row.id for row in rows}


def test_a_customers_rows_are_those_that_lead_to_the_account(caro: Customer, dan: Customer) -> None:
    hers = Address.create(customer=caro.id, subject=caro.subject, source=Source.SELF, city="Here")
    Address.create(customer=dan.id, subject=dan.subject, source=Source.SELF, city="There")
    found = rows_about(person_of(caro))
    assert ids(found[Customer]) == {caro.id}
    assert ids(found[Address]) == {hers.id}


def test_orders_of_the_account_and_guest_orders_of_the_address_are_theirs(caro: Customer) -> None:
    signed_in, as_guest = order_for("else@where.example", caro), order_for(CARO.upper())
    order_for("stranger@example.com")
    assert ids(rows_about(person_of(caro))[OrderContact]) == {signed_in.id, as_guest.id}
    assert {signed_in.subject, as_guest.subject, caro.subject} <= subjects_of(person_of(caro))


def test_an_order_of_another_account_is_that_customers_whatever_address_stands_in_it(
    caro: Customer, dan: Customer
) -> None:
    caros_order = order_for(DAN, caro)
    assert ids(rows_about(person_of(dan))[OrderContact]) == set()
    assert ids(rows_about(Person(None, DAN))[OrderContact]) == set()
    assert ids(rows_about(person_of(caro))[OrderContact]) == {caros_order.id}


def test_a_link_asked_for_by_another_account_is_that_customers(caro: Customer, dan: Customer) -> None:
    make_link(purpose=LinkPurpose.CHANGE_EMAIL, email=DAN, customer=caro)
    assert rows_about(person_of(dan))[MailedLink] == []
    assert len(rows_about(person_of(caro))[MailedLink]) == 1


def test_mails_are_theirs_by_address_or_by_what_they_are_about(caro: Customer) -> None:
    contact = order_for("else@where.example", caro)
    mails = [
        mail_to(CARO, ("setting", 1)),
        mail_to("former@example.com", ("customer", caro.id)),
        mail_to("else@where.example", ("order", contact.order_id)),
    ]
    mail_to("stranger@example.com", ("order", contact.order_id + 1))
    mail_to("stranger@example.com", ("customer", caro.id + 1))
    assert ids(rows_about(person_of(caro))[Mail]) == ids(mails)


def test_a_guest_has_orders_and_mails_and_no_account_of_anybodys(caro: Customer) -> None:
    theirs = order_for("gus@guests.example")
    found = rows_about(Person(None, "gus@guests.example"))
    assert ids(found[OrderContact]) == {theirs.id}
    assert rows_about(Person(None, CARO))[Customer] == []


def test_what_was_typed_at_the_checkout_is_of_the_browser_with_its_cart(caro: Customer) -> None:
    cart, other = (Cart.create(token_hash=secrets.token_bytes(8)) for _ in range(2))
    drafts = [
        CheckoutDraft.create(cart=each, idem=secrets.token_hex(8), subject=new_subject("cart"), source=Source.SELF)
        for each in (cart, other)
    ]
    assert ids(rows_about(person_of(caro, cart))[CheckoutDraft]) == {drafts[0].id}
    assert rows_about(person_of(caro))[CheckoutDraft] == []


def test_every_table_is_listed_even_if_nothing_in_it_is_theirs(caro: Customer) -> None:
    assert set(rows_about(person_of(caro))) == set(our_models())


def test_every_personal_table_leads_to_somebody() -> None:
    """A table that neither leads to an account, order, cart or case nor has an index of e-mails could not be shown."""
    lost = [
        model.__name__
        for model in our_models()
        if not ways_to(model, {Customer, Order, Cart, Case})
        and not any(isinstance(field, Sealed) and field.blind_index for field in model._meta.sorted_fields)
        and not parents_with_index(model)
        and model is not Customer
    ]
    assert lost == []
