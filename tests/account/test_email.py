"""Another address for an account: proven by the new mailbox, told to the old one, which can undo it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from shop import clock
from shop.customers.models import Customer, CustomerSession, Passkey
from shop.customers.queries import customer_with
from shop.outbox.models import Mail
from shop.vault import rows_with_name
from tests.support.client import HtmxClient, ShopClient
from tests.support.customers import CARO, DAN, PASSWORD, as_customer, make_customer
from tests.support.mailbox import link_to, mails_to, subjects_to

EMAIL, CONFIRM, UNDO = "/account/email", "/email/confirm", "/email/undo"
NEWER = "caro@elsewhere.example"


@pytest.fixture
def caro(app: Flask) -> Customer:
    """With a password of her own, unlike elsewhere."""
    return make_customer(CARO, "Caro Reed", password=PASSWORD)


def ask(client: ShopClient, email: str = NEWER, password: str = PASSWORD) -> Any:
    return client.submit(EMAIL, action=EMAIL, email=email, password=password)


def changed(app: Flask, client: ShopClient) -> None:
    ask(client)
    client.submit(link_to(NEWER), action=CONFIRM)


def test_nothing_changes_before_the_new_address_is_confirmed(caros: ShopClient, caro: Customer) -> None:
    answer = ask(caros)
    assert (answer.status_code, answer.location) == (303, "/account/security")
    caros.get(link_to(NEWER))
    assert Customer.get_by_id(caro.id).email == CARO
    assert subjects_to(NEWER) == ["Is this your new address?"]
    assert subjects_to(CARO) == ["Your e-mail address is about to change"]


def test_confirming_it_changes_what_the_account_is_found_by(caros: ShopClient, caro: Customer) -> None:
    ask(caros)
    answer = caros.submit(link_to(NEWER), action=CONFIRM)
    assert (answer.status_code, answer.location) == (303, "/account/security")
    assert NEWER in caros.get("/account/security").text
    assert customer_with(CARO) is None
    assert customer_with(NEWER) == caro
    assert [row.id for row in rows_with_name(Customer, "reed")] == [caro.id]
    assert subjects_to(CARO)[-1] == "Your account has another address now"
    assert subjects_to(NEWER)[-1] == "Your account has this address now"


def test_with_htmx_too(caros_htmx: HtmxClient, caro: Customer) -> None:
    assert ask(caros_htmx, password="not this one").status_code == 422
    assert ask(caros_htmx).headers["HX-Redirect"] == "/account/security"
    assert caros_htmx.submit(link_to(NEWER), action=CONFIRM).headers["HX-Redirect"] == "/account/security"


def test_it_may_be_confirmed_on_another_device_which_is_not_signed_in_by_it(
    app: Flask, caros: ShopClient, caro: Customer
) -> None:
    ask(caros)
    phone = ShopClient(app, use_cookies=True)
    assert phone.submit(link_to(NEWER), action=CONFIRM).location == "/sign-in"
    assert phone.get("/account").status_code == 303
    assert caros.get("/account").status_code == 303
    assert customer_with(NEWER) == caro


def test_it_ends_every_other_sign_in(app: Flask, caros: ShopClient, caro: Customer) -> None:
    elsewhere = as_customer(ShopClient(app, use_cookies=True), caro)
    changed(app, caros)
    assert elsewhere.get("/account").status_code == 303
    assert caros.get("/account").status_code == 200


def test_it_takes_the_password(caros: ShopClient, caro: Customer) -> None:
    answer = ask(caros, password="not this one")
    assert answer.status_code == 422
    assert f'value="{NEWER}"' in answer.text
    assert not Mail.select().exists()


def test_ones_own_address_is_no_change(caros: ShopClient, caro: Customer) -> None:
    answer = ask(caros, CARO.upper())
    assert answer.status_code == 422
    assert "has already" in answer.text


def test_an_address_with_an_account_of_its_own_is_told_in_its_mailbox_alone(
    app: Flask, caros: ShopClient, caro: Customer, dan: Customer
) -> None:
    taken = ask(caros, DAN)
    said_taken = caros.get("/account/security").text
    free = ask(caros)
    said_free = caros.get("/account/security").text
    assert (taken.status_code, taken.location, taken.data) == (free.status_code, free.location, free.data)
    assert [line for line in said_taken.splitlines() if "csrf" not in line] == [
        line for line in said_free.splitlines() if "csrf" not in line
    ]
    assert subjects_to(DAN) == ["Somebody wanted to use your address"]
    assert "key=" not in str(mails_to(DAN)[0].text)


def test_an_address_that_found_an_owner_meanwhile_is_left_alone(caros: ShopClient, caro: Customer) -> None:
    ask(caros)
    page = caros.get(link_to(NEWER))
    make_customer(NEWER, "Somebody Else")
    assert caros.submit(page, action=CONFIRM).status_code == 409
    assert Customer.get_by_id(caro.id).email == CARO


def test_the_link_works_once_and_runs_out(caros: ShopClient, caro: Customer) -> None:
    ask(caros)
    link = link_to(NEWER)
    caros.submit(link, action=CONFIRM)
    assert caros.get(link).status_code == 410
    ask(caros, "third@elsewhere.example")
    clock.travel(timedelta(minutes=61))
    assert caros.get(link_to("third@elsewhere.example")).status_code == 410


def test_it_ends_when_the_password_was_changed_meanwhile(caros: ShopClient, caro: Customer) -> None:
    ask(caros)
    better = "herons stand on one leg"
    caros.submit("/account/password", action="/account/password", current=PASSWORD, password=better)
    assert caros.get(link_to(NEWER)).status_code == 410


def test_a_link_for_a_new_password_in_the_old_mailbox_ends_with_the_change(
    app: Flask, caros: ShopClient, caro: Customer
) -> None:
    caros.submit("/password/forgotten", action="/password/forgotten", email=CARO)
    reset = link_to(CARO)
    changed(app, caros)
    assert caros.get(reset).status_code == 410


def test_the_old_mailbox_can_take_the_account_back(app: Flask, caros: ShopClient, caro: Customer) -> None:
    """As after a thief who knew the password: in by nothing that the thief has."""
    Passkey.create(customer=caro.id, credential_id=b"theirs", public_key=b"", user_handle=b"h")
    changed(app, caros)
    owner = ShopClient(app, use_cookies=True)
    answer = owner.submit(link_to(CARO), action=UNDO)
    assert answer.location.startswith("/password/new?key=")
    assert caros.get("/account").status_code == 303
    assert customer_with(CARO) == caro
    assert not CustomerSession.select().exists()
    assert not Passkey.select().exists()
    owner.submit(answer.location, action="/password/new", password="herons stand on one leg")
    assert CARO in owner.get("/account/security").text


def test_taking_it_back_works_for_a_week_and_after_a_change_of_password(
    app: Flask, caros: ShopClient, caro: Customer
) -> None:
    changed(app, caros)
    better = "herons stand on one leg"
    caros.submit("/account/password", action="/account/password", current=PASSWORD, password=better)
    undo = link_to(CARO)
    clock.travel(timedelta(days=6, hours=23))
    assert caros.get(undo).status_code == 200
    clock.travel(timedelta(days=7, minutes=1))
    assert caros.get(undo).status_code == 410


def test_looking_at_a_link_changes_nothing(app: Flask, caros: ShopClient, caro: Customer) -> None:
    ask(caros)
    for _ in range(2):
        assert ShopClient(app).get(link_to(NEWER)).status_code == 200
    assert customer_with(CARO) == caro


def test_no_account_is_a_way_to_write_to_everybody(caros: ShopClient, caro: Customer) -> None:
    codes = [ask(caros, f"stranger{number}@elsewhere.example").status_code for number in range(6)]
    assert codes == [303] * 5 + [429]


def test_whoever_took_the_account_cannot_take_it_again_by_an_address_in_between(
    app: Flask, caros: ShopClient, caro: Customer
) -> None:
    """The thief moves it twice, and so holds a link of their own that undoes the second move."""
    changed(app, caros)
    ask(caros, "third@elsewhere.example")
    caros.submit(link_to("third@elsewhere.example"), action=CONFIRM)
    thiefs = link_to(NEWER)
    assert thiefs.startswith(UNDO)
    owner = ShopClient(app, use_cookies=True)
    owner.submit(link_to(CARO), action=UNDO)
    assert caros.get(thiefs).status_code == 410
    assert customer_with(CARO) == caro
