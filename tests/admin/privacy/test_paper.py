"""The register of paper: nothing lies about without a place and an end, and nothing is closed without a name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import peewee
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from shop import clock
from shop.admin.models import Staff
from shop.audit.models import AuditEvent
from shop.db import db
from shop.orders.models import Order, OrderState
from shop.paper.models import Document, How, PaperRecord
from shop.paper.services import NotRegistered, register_paper
from tests.support.client import ShopClient
from tests.support.customers import make_customer
from tests.support.desk import SAM
from tests.support.pages import parsed, text_of
from tests.support.waiting import waiting_order

PAPER = "/admin/paper"
SOON = timedelta(days=9)


def shown(answer: TestResponse) -> str:
    return text_of(parsed(answer.text, fragment=False)[0])


def paper(order: Order, **more: Any) -> PaperRecord:
    usual: dict[str, Any] = {
        "document": Document.PACKING_SLIP, "location": "Packing table", "destroy_by": clock.now() + SOON, "batch": "b",
    }  # fmt: skip
    return register_paper(about=("order", order.id), keyholder=1, staff_id=1, **(usual | more))


@pytest.mark.promise("P49")
def test_the_register_takes_no_paper_without_a_place_or_an_end(app: Flask) -> None:
    order = waiting_order()
    for lacking in ({"location": " "}, {"destroy_by": None}, {"destroy_by": clock.now() - SOON}):
        with pytest.raises(NotRegistered):
            paper(order, **lacking)
    row = {"document": "letter", "about_kind": "order", "about_id": 1, "keyholder": 1, "made_by": 1, "batch": ""}
    row |= {"location": "Cabinet 2", "destroy_by": clock.now(), "made_at": clock.now(), "how": ""}
    for wrong in ({"location": "  "}, {"destroy_by": None}, {"how": "shredded"}, {"closed_at": clock.now()}):
        with pytest.raises(peewee.IntegrityError), db.atomic():
            PaperRecord.insert({**row, **wrong}).execute()
    assert PaperRecord.select().count() == 0


@pytest.mark.promise("P49")
def test_a_letter_is_put_in_the_register_by_hand(sam: ShopClient, staff: dict[str, Staff]) -> None:
    order, customer = waiting_order(), make_customer("caro@customers.example", "Caro Reed")
    form = f"{PAPER}/new"
    for typed, said in (
        ({"reference": "nobody@customers.example", "location": "Cabinet 2"}, "Nobody here goes by that"),
        ({"reference": order.number, "location": ""}, "a paper without a place is lost"),
        ({"reference": order.number, "location": "Cabinet 2", "destroy_by": ""}, "no paper is kept for ever"),
        ({"reference": order.number, "location": "Cabinet 2", "destroy_by": "2001-02-03"}, "That day is over"),
    ):
        refused = sam.submit(form, action=PAPER, **typed)
        assert refused.status_code == 422
        assert said in shown(refused)
        assert typed["reference"] in refused.text
    assert PaperRecord.select().count() == 0
    for reference, about in (
        (order.number.lower(), ("order", order.id)),
        ("caro@customers.example", ("customer", customer.id)),
    ):
        answer = sam.submit(form, action=PAPER, document="letter", reference=reference, location="Cabinet 2, locked")
        found = PaperRecord.select().order_by(PaperRecord.id.desc()).get()
        assert (answer.status_code, answer.location) == (303, f"{PAPER}/{found.id}")
        assert (found.about_kind, found.about_id) == about
        assert (found.location, found.keyholder) == ("Cabinet 2, locked", staff[SAM].id)
    assert "caro@" not in sam.get(f"{PAPER}/{found.id}").text


@pytest.mark.promise("P49")
def test_who_took_it_out_and_put_it_back_is_in_its_log(sam: ShopClient) -> None:
    found = paper(waiting_order())
    page = f"{PAPER}/{found.id}"
    assert sam.submit(page, action=f"{page}/out").status_code == 303
    assert "Out: Sam Oak" in shown(sam.get(PAPER))
    assert sam.submit(page, action=f"{page}/back").status_code == 303
    log = shown(sam.get(page)).partition("In and out")[2]
    assert log.index("Put back Sam Oak") < log.index("Taken out Sam Oak") < log.index("Came into the register")
    assert PaperRecord.get().out_by is None


@pytest.mark.promise("P50")
def test_what_is_overdue_is_on_a_list_of_its_own_and_on_the_first_page(sam: ShopClient) -> None:
    late, order = waiting_order(), waiting_order()
    clock.travel(-SOON - timedelta(hours=1))
    paper(late)
    clock.travel(timedelta(0))
    paper(order)
    overdue = shown(sam.get(f"{PAPER}?show=overdue"))
    assert late.number in overdue
    assert order.number not in overdue
    assert "1 paper should have been destroyed by now" in shown(sam.get(PAPER))
    assert "papers to destroy" in shown(sam.get("/admin/"))


@pytest.mark.promise("P50")
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"signed": "Sam Oak"}, "Say what became of them"),
        ({"how": "shredded"}, "Sign with your own name"),
        ({"how": "shredded", "signed": "Robin Fern"}, "Sign with your own name"),
        ({"how": "eaten", "signed": "Sam Oak"}, "Not a valid choice"),
    ],
    ids=["no-way", "no-name", "anothers-name", "no-such-way"],
)
def test_nothing_is_closed_without_how_and_a_name(sam: ShopClient, typed: dict[str, str], said: str) -> None:
    found = paper(waiting_order())
    for page, action in ((PAPER, f"{PAPER}/gone"), (f"{PAPER}/{found.id}", f"{PAPER}/{found.id}/gone")):
        more = {"papers": str(found.id)} if page == PAPER else {}
        refused = sam.submit(page, action=action, **typed, **more)
        assert refused.status_code == 422
        assert said in shown(refused)
    assert PaperRecord.get().is_open


@pytest.mark.promise("P50")
def test_whoever_destroyed_it_signs_and_the_trail_keeps_who_when_and_how(
    sam: ShopClient, staff: dict[str, Staff]
) -> None:
    one, other = paper(waiting_order()), paper(waiting_order())
    answer = sam.submit(PAPER, action=f"{PAPER}/gone", papers=[str(one.id)], how="shredded", signed=" sam  oak")
    assert answer.status_code == 303
    closed = PaperRecord.get_by_id(one.id)
    assert (closed.how, closed.closed_by) == (How.SHREDDED, staff[SAM].id)
    event = AuditEvent.select().where(AuditEvent.kind == "paper-destroyed").get()
    assert (event.actor, event.details) == (f"staff:{staff[SAM].id}", f'{{"how":"shredded","paper":{one.id}}}')
    assert PaperRecord.get_by_id(other.id).is_open
    gone = shown(sam.get(f"{PAPER}?show=gone"))
    assert "shredded here" in gone
    assert "Sam Oak" in gone
    with pytest.raises(peewee.IntegrityError), db.atomic():
        PaperRecord.update(closed_by=None).where(PaperRecord.id == one.id).execute()


@pytest.mark.promise("P50")
def test_a_days_slips_are_closed_at_once_and_so_is_what_left_with_its_parcels(sam: ShopClient) -> None:
    sent, waits = waiting_order(state=OrderState.SHIPPED), waiting_order()
    for order in (sent, waits):
        paper(order, batch="morning")
    paper(waits, document=Document.ROUTE_SHEET, batch="round")
    page, another = sam.get(PAPER), sam.get(PAPER)
    assert "2 × packing slip, printed on" in shown(page)
    signed = {"how": "with-parcel", "signed": "Sam Oak"}
    assert sam.submit(page, action=f"{PAPER}/gone", pile="with-parcels.1", **signed).status_code == 303
    assert [row.about_id for row in PaperRecord.select() if not row.is_open] == [sent.id]
    stale = sam.submit(another, action=f"{PAPER}/gone", pile="with-parcels.1", **signed)
    assert "That pile has changed" in shown(stale)
    pile = next(option.get("value") for option in parsed(sam.get(PAPER).text, fragment=False)[0].iter("option")
                if "packing slip, printed on" in text_of(option))  # fmt: skip
    assert sam.submit(PAPER, action=f"{PAPER}/gone", pile=pile, **signed).status_code == 303
    assert [row.document for row in PaperRecord.select() if row.is_open] == ["route-sheet"]


def test_paper_is_kept_by_those_who_pack_and_by_those_who_answer_for_privacy(
    sam: ShopClient, client: ShopClient
) -> None:
    found = paper(waiting_order())
    assert sam.get(f"{PAPER}/{found.id}").status_code == 200
    assert sam.get(f"{PAPER}/{found.id + 1}").status_code == 404
    assert client.get(PAPER).status_code in {302, 303}
