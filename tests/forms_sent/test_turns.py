"""The same form sent many times: one effect, and nobody is told of what the form itself has brought about."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop.checkout.models import CheckoutDraft
from shop.customers.models import Customer, CustomerSession
from shop.customers.services.sessions import begin_session
from shop.forms_sent import turns
from shop.forms_sent.models import FormSent
from tests.support.clicks import click
from tests.support.client import ShopClient
from tests.support.customers import CARO
from tests.support.mailbox import link_to

NEW_ORDER, SECURITY, PASSWORD = "/admin/orders/new", "/account/security", "/password/new"


@pytest.fixture
def others_sign_in(app: Flask, caro: Customer) -> str:
    """How the customer's sign-in on another device is ended."""
    begin_session(customer=caro)
    newest = CustomerSession.select().order_by(CustomerSession.id.desc()).first()
    return f"/account/sessions/{newest.id}/end"


def test_twenty_clicks_begin_one_order_and_lead_to_it(app: Flask, robin: ShopClient) -> None:
    page = robin.get(NEW_ORDER)
    answers = click(robin, page, action=NEW_ORDER, told="staff_by_phone")
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, f"{NEW_ORDER}/1")}
    again = robin.submit(page, action=NEW_ORDER, told="staff_by_phone")
    assert again.location == f"{NEW_ORDER}/1", "the browser tries again"
    assert CheckoutDraft.select().count() == 1
    assert robin.submit(NEW_ORDER, action=NEW_ORDER, told="staff_by_phone").location == f"{NEW_ORDER}/2", "meant anew"


def test_what_the_first_click_removed_is_not_missed_by_the_others(caros: ShopClient, others_sign_in: str) -> None:
    answers = click(caros, SECURITY, action=others_sign_in)
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, SECURITY)}
    assert CustomerSession.select().count() == 1


def test_a_link_is_used_up_by_one_of_twenty_and_by_nobody_else(app: Flask, client: ShopClient, caro: Customer) -> None:
    client.submit("/password/forgotten", action="/password/forgotten", email=CARO)
    page = client.get(link_to(CARO))
    answers = click(client, page, action=PASSWORD, password="herons stand on one leg")
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, "/account")}
    assert CustomerSession.select().count() == 1, "one sign-in, in the browser whose click it was"
    stranger = ShopClient(app, use_cookies=True)
    assert stranger.get(link_to(CARO)).status_code == 410
    assert client.submit(page, action=PASSWORD, password="herons stand on two legs").status_code == 410


def test_later_a_form_is_told_how_things_stand(caros: ShopClient, others_sign_in: str) -> None:
    page = caros.get(SECURITY)
    assert caros.submit(page, action=others_sign_in).status_code == 303
    assert caros.submit(page, action=others_sign_in).status_code == 303
    clock.travel(turns.REMEMBERED_FOR + timedelta(seconds=1))
    assert caros.submit(page, action=others_sign_in).status_code == 404


def test_nothing_of_a_form_stays_for_long(robin: ShopClient) -> None:
    robin.submit(NEW_ORDER, action=NEW_ORDER, told="staff_by_phone")
    assert turns.forget_old() == 0
    clock.travel(timedelta(hours=2))
    assert turns.forget_old() == 1


def test_what_was_refused_may_be_sent_again_at_once(robin: ShopClient) -> None:
    assert robin.submit(NEW_ORDER, action=NEW_ORDER).status_code == 422
    assert robin.submit(NEW_ORDER, action=NEW_ORDER).status_code == 422
    assert not FormSent.select().exists()


def test_who_died_on_the_way_keeps_nobody_waiting(robin: ShopClient) -> None:
    page = robin.get(NEW_ORDER)
    robin.submit(page, action=NEW_ORDER, told="staff_by_phone")
    margin = turns.GIVEN_UP_AFTER + timedelta(seconds=5)
    FormSent.update(done_at=None, begun_at=clock.now() - margin).execute()
    assert robin.submit(page, action=NEW_ORDER, told="staff_by_phone").location == f"{NEW_ORDER}/2"
    FormSent.update(done_at=None, begun_at=clock.now() + margin).execute()
    assert robin.submit(page, action=NEW_ORDER, told="staff_by_phone").location == f"{NEW_ORDER}/3", (
        "the clock went back"
    )
