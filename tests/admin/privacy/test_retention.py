"""The owner's page of what stands, what will go, and whom to tell that somebody was forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop.audit.queries import events_about
from shop.customers.models import LinkPurpose
from shop.customers.services.links import make_link
from shop.privacy.erasing.models import Erasure, ToldRecipient
from shop.privacy.erasing.plan import plan_for
from shop.privacy.erasing.running import run_due_erasures
from shop.privacy.erasing.services import request_erasure
from shop.privacy.person import Person

from ...support.client import HtmxClient, ShopClient
from ...support.past import past_order

GUEST = "wren@oakes.example"


@pytest.fixture
def task(app: Flask) -> ToldRecipient:
    with app.app_context():
        past_order(GUEST)
        person = Person(None, GUEST)
        request_erasure(person=person, plan_hash=plan_for(person).hash)
        Erasure.update(due_at=clock.now() - timedelta(minutes=1)).execute()
        run_due_erasures()
        found: ToldRecipient = ToldRecipient.get()
        return found


def test_the_owner_sees_what_stands_and_what_will_go(app: Flask, robin: ShopClient) -> None:
    with app.app_context():
        make_link(purpose=LinkPurpose.MY_DATA, email=GUEST)
    page = robin.get("/admin/retention").text
    assert "KEEP_ORDER_DAYS" in page
    assert "Links we mail to you" in page
    assert "Not looked after yet" in page
    assert GUEST not in page


@pytest.mark.promise("P23")
def test_the_owner_tells_whoever_was_given_the_address_and_notes_it(robin: ShopClient, task: ToldRecipient) -> None:
    page = robin.get("/admin/retention")
    assert "USPS" in page.text
    assert "9400100000000000000000" in page.text
    assert robin.submit(page, action=f"/admin/retention/told/{task.id}").status_code == 303
    after = robin.get("/admin/retention").text
    assert "9400100000000000000000" not in after
    noted = ToldRecipient.get()
    assert (noted.reference, noted.told_by) == ("", 1)
    assert [event.kind for event in events_about("erasure", task.erasure_id)][-1] == "recipient-told"


def test_with_htmx_the_task_goes_in_place(robin_htmx: HtmxClient, task: ToldRecipient) -> None:
    page = robin_htmx.get("/admin/retention")
    answer = robin_htmx.submit(page, action=f"/admin/retention/told/{task.id}")
    assert "Noted that they were told." in answer.text
    assert "To tell" not in answer.text


def test_it_is_the_owners_alone(sam: ShopClient, client: ShopClient, task: ToldRecipient) -> None:
    assert sam.get("/admin/retention").status_code == 403
    assert client.get("/admin/retention").status_code == 303
    assert sam.post(f"/admin/retention/told/{task.id}").status_code in {400, 403}
    assert ToldRecipient.get().told_at is None


def test_a_task_that_is_not_there_is_not_found(robin: ShopClient, task: ToldRecipient) -> None:
    page = robin.get("/admin/retention")
    token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert robin.post("/admin/retention/told/999", data={"csrf_token": token}).status_code == 404
