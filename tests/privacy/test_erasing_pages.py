"""Removing everything, as it is shown, confirmed, and undone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from shop import clock
from shop.config import settings
from shop.customers.models import Customer, CustomerSession
from shop.passwords import hash_password
from shop.privacy.erasing.models import Erasure, ErasureState
from shop.privacy.erasing.running import run_due_erasures
from shop.privacy.erasing.services import mail_confirming_link
from shop.privacy.person import Person

from ..support.client import HtmxClient, ShopClient
from ..support.customers import CARO, PASSWORD
from ..support.mailbox import link_to, mails_to
from ..support.till import BUYER

PAGE, UNDO = "/my-data/erase", "/my-data/erase/undo"


@pytest.fixture
def known(caro: Customer) -> Customer:
    """Caro, whose password is known to the test."""
    Customer.update(password_hash=hash_password(PASSWORD)).where(Customer.id == caro.id).execute()
    return caro


def due(app: Flask) -> None:
    clock.travel(timedelta(hours=settings().erase_undo_hours, minutes=1))
    with app.app_context():
        run_due_erasures()


@pytest.mark.promise("P23")
def test_all_three_lists_are_shown_and_nothing_goes_by_looking(caros: ShopClient, known: Customer) -> None:
    page = caros.get(PAGE)
    for words in ("Goes", "Stays for now", "Cannot be removed", "Backups", "Your account: e-mail, name, password"):
        assert words in page.text
    assert Erasure.select().count() == 0


@pytest.mark.promise("P19", "P23")
def test_it_is_confirmed_with_the_password_and_undone_on_the_page(
    app: Flask, caros: ShopClient, known: Customer
) -> None:
    wrong = caros.submit(PAGE, action=PAGE, password="not this one")
    assert (wrong.status_code, Erasure.select().count()) == (422, 0)
    assert "This is not your password." in wrong.text
    assert caros.submit(PAGE, action=PAGE, password=PASSWORD).status_code == 303
    assert "We remove your data on" in caros.get(PAGE).text
    for page in ("/account", "/my-data"):
        assert "Keep it after all" in caros.get(page).text
    assert caros.submit(PAGE, action=UNDO).status_code == 303
    assert "Your data stays" in caros.get("/my-data/erase/kept").text
    due(app)
    assert Customer.get_by_id(known.id).email == CARO


@pytest.mark.promise("P23")
def test_with_htmx_it_is_the_same_page(caros_htmx: HtmxClient, known: Customer) -> None:
    page = ShopClient.get(caros_htmx, PAGE, headers={"HX-History-Restore-Request": "true"})
    assert caros_htmx.submit(page, action=PAGE, password="").status_code == 422
    answer = caros_htmx.submit(page, action=PAGE, password=PASSWORD)
    assert "We remove your data on" in answer.text
    kept = caros_htmx.submit(answer, action=UNDO)
    assert kept.headers["HX-Redirect"] == "/my-data/erase/kept"


def test_other_browsers_are_signed_out_and_this_one_stays(app: Flask, caros: ShopClient, known: Customer) -> None:
    from ..support.customers import as_customer

    as_customer(ShopClient(app, use_cookies=True), known)
    caros.submit(PAGE, action=PAGE, password=PASSWORD)
    assert CustomerSession.select().count() == 1
    assert caros.get("/account").status_code == 200


@pytest.mark.promise("P23")
def test_once_it_is_done_nobody_is_signed_in(app: Flask, caros: ShopClient, known: Customer) -> None:
    caros.submit(PAGE, action=PAGE, password=PASSWORD)
    due(app)
    assert Erasure.get().state == ErasureState.DONE
    assert caros.get("/account").status_code == 303
    assert caros.get(PAGE).status_code == 303


@pytest.mark.promise("P23")
def test_something_that_changed_is_shown_before_anything_goes(caros: ShopClient, known: Customer) -> None:
    page = caros.get(PAGE)
    Customer.update(phone=None).execute()
    from shop.customers.models import Address
    from shop.vault import Source

    Address.create(subject=known.subject, source=Source.SELF, customer=known.id, street="9 Heron Row")
    answer = caros.submit(page, action=PAGE, password=PASSWORD)
    assert answer.status_code == 409
    assert "Something changed while you looked" in answer.text
    assert "1 address" in answer.text
    assert caros.submit(answer, action=PAGE, password=PASSWORD).status_code == 303


@pytest.mark.promise("P23")
def test_the_link_in_the_mail_undoes_it_without_a_sign_in(
    app: Flask, client: ShopClient, caros: ShopClient, known: Customer
) -> None:
    caros.submit(PAGE, action=PAGE, password=PASSWORD)
    with app.app_context():
        link = link_to(CARO)
        assert "Your account: e-mail, name, password" in mails_to(CARO)[-1].text
    assert "Shall everything stay as it is?" in client.get(link).text
    assert Erasure.get().state == ErasureState.REQUESTED
    assert client.submit(link, action=UNDO).status_code == 303
    assert Erasure.get().state == ErasureState.UNDONE
    assert client.get(link).status_code == 404


def test_too_late_is_said_plainly(app: Flask, client: ShopClient, caros: ShopClient, known: Customer) -> None:
    caros.submit(PAGE, action=PAGE, password=PASSWORD)
    with app.app_context():
        page = client.get(link_to(CARO))
    due(app)
    answer = client.submit(page, action=UNDO)
    assert answer.status_code == 404
    assert "it is too late" in answer.text


@pytest.mark.promise("P23")
def test_a_guest_confirms_by_a_fresh_link(app: Flask, client: ShopClient, order: Any) -> None:
    with app.app_context():
        mail_confirming_link(person=Person(None, BUYER["email"]))
        link = link_to(BUYER["email"])
    page = client.get(link)
    assert f"Order {order.number}" in page.text
    assert "not with you yet" in page.text
    assert client.submit(page, action=PAGE).status_code == 303
    assert client.get("/my-data/erase/requested").status_code == 200
    assert Erasure.get().state == ErasureState.REQUESTED
    assert client.get(link).status_code == 404


def test_a_link_shows_and_confirms_only_its_own(client: ShopClient, caros: ShopClient, known: Customer) -> None:
    assert client.get(PAGE).status_code == 303
    assert client.get(f"{PAGE}?key=nonsense").status_code == 404
    assert client.get(f"{UNDO}?key=nonsense").status_code == 404
    assert client.get(f"{PAGE}?key={'x' * 5000}").status_code == 404
    page = caros.get(PAGE)
    assert caros.submit(page, action=PAGE, password=PASSWORD, key="nonsense").status_code == 404
    assert Erasure.select().count() == 0
