"""What staff write down of somebody's order is theirs to see, and goes when they are forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop.checkout.taking.queries import draft_taken
from shop.config import settings
from shop.customers.models import Customer
from shop.jobs import run_job
from shop.privacy.erasing.plan import plan_for
from shop.privacy.erasing.services import request_erasure
from shop.privacy.person import person_of
from shop.vault import destroyed_at

from ...support.client import ShopClient
from ...support.customers import CARO, caro, caros
from ...support.taking import Taker
from ...support.till import Shelf

pytestmark = pytest.mark.once

__all__ = ["caro", "caros"]


@pytest.mark.promise("P36")
def test_its_customer_reads_what_was_written_down_how_it_was_told_and_who_looked(
    shelf: Shelf, sam: ShopClient, robin: ShopClient, caro: Customer, caros: ShopClient
) -> None:
    taker = Taker(sam, told="letter")
    taker.take_all(email=CARO)
    taker.send("link")
    robin.get(taker.page)
    page = " ".join(caros.get("/my-data").text.split())
    for said in (
        "An order that our staff are taking for you",
        "12 Analytical Way",
        "You wrote it in a letter.",
        "Our staff began to take an order of yours (by somebody on our staff (A, staff))",
        "opened the order that we were taking for you, because you asked us something",
    ):
        assert said in page


def test_it_goes_when_its_customer_is_forgotten(app: Flask, shelf: Shelf, sam: ShopClient, caro: Customer) -> None:
    taker = Taker(sam)
    taker.take_all(email=CARO)
    draft = taker.draft
    with app.app_context():
        person = person_of(caro)
        request_erasure(person=person, plan_hash=plan_for(person).hash)
        clock.travel(timedelta(hours=settings().erase_undo_hours, minutes=1))
        run_job("erase")
        assert destroyed_at(draft.subject) is not None
        assert draft_taken(draft.id) is None
