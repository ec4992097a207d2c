"""What is withheld: on five grounds, with its reason on the page and in the copies, until a day."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import peewee
import pytest

from shop import clock
from shop.audit.models import AuditEvent
from shop.customers.models import Address, Customer
from shop.db import db
from shop.privacy.models import Ground, Restriction
from shop.privacy.services.restricting import NoSuchRestriction, WrongRestriction, lift, restrict
from tests.support.client import ShopClient
from tests.support.customers import CARO
from tests.support.pages import parsed, text_of

REASON = "A neighbour is named in it."


@pytest.fixture
def address(caro: Customer) -> Address:
    return Address.create(
        customer=caro.id, subject=caro.subject, source="self", city="Alder Falls", street="1 Mill Row"
    )


def withhold(**changed: Any) -> Restriction:
    asked = {
        "email": CARO, "of_table": "address", "ground": "other-people", "reason": REASON, "staff_id": 1,
        "until": clock.now() + timedelta(days=30),
    }  # fmt: skip
    return restrict(**{**asked, **changed})


def page(client: ShopClient) -> str:
    return text_of(parsed(client.get("/my-data").text, fragment=False)[0])


@pytest.mark.promise("P55")
def test_there_are_five_grounds_and_no_other(caro: Customer) -> None:
    assert len(Ground) == 5
    with pytest.raises(WrongRestriction, match="five grounds"):
        withhold(ground="inconvenient")
    row = withhold()
    for ground in ("inconvenient", "", "promotion"):
        with pytest.raises(peewee.IntegrityError), db.atomic():
            Restriction.update(ground=ground).where(Restriction.id == row.id).execute()


@pytest.mark.promise("P55")
@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": " "}, {"reason": "no"}, {"until": datetime(2020, 1, 1, tzinfo=UTC)}, {"of_table": "no_such_table"},
        {"of_column": "no_such_column"}, {"ground": "cost"},
    ],
    ids=str,
)  # fmt: skip
def test_a_restriction_that_lacks_something_is_refused(caro: Customer, wrong: dict[str, Any]) -> None:
    with pytest.raises(WrongRestriction):
        withhold(**wrong)
    assert Restriction.select().count() == 0


@pytest.mark.promise("P55")
def test_nothing_is_withheld_for_its_cost_before_the_person_knows_it(caro: Customer) -> None:
    row = withhold(ground="cost", quoted_cents=2500)
    with pytest.raises(peewee.IntegrityError), db.atomic():
        Restriction.update(quoted_cents=None).where(Restriction.id == row.id).execute()


@pytest.mark.promise("P56")
def test_the_reason_stands_in_place_of_the_value_on_the_page_and_in_the_copies(
    caros: ShopClient, address: Address
) -> None:
    withhold(row_id=address.id, of_column="city")
    shown = page(caros)
    assert "Alder Falls" not in shown
    assert "1 Mill Row" in shown
    assert f"withheld because it refers to other people who could be recognised: {REASON}" in shown
    assert "write to the privacy administrator" in shown
    copied = caros.submit("/my-data", action="/my-data/export.json").data.decode()
    (row,) = json.loads(copied)["tables"]["address"]["rows"]
    assert row["values"]["city"] == {"withheld": f"it refers to other people who could be recognised: {REASON}"}
    assert row["values"]["street"] == "1 Mill Row"
    assert "Alder Falls" not in copied


@pytest.mark.promise("P56")
def test_a_whole_table_may_be_withheld_and_every_key_is_still_there(caros: ShopClient, address: Address) -> None:
    withhold()
    assert "Alder Falls" not in page(caros)
    (row,) = json.loads(caros.submit("/my-data", action="/my-data/export.json").data)["tables"]["address"]["rows"]
    given = {"street", "city"}
    assert set(row["values"]) == {"name", "company", "street", "district", "city", "region", "postcode", "country"}
    assert all("withheld" in row["values"][column] for column in given)


@pytest.mark.promise("P55")
def test_it_opens_again_by_itself_on_its_day(caros: ShopClient, address: Address) -> None:
    withhold(until=clock.now() + timedelta(hours=5))
    assert "Alder Falls" not in page(caros)
    clock.travel(timedelta(hours=6))
    assert "Alder Falls" in page(caros)


def test_it_is_withheld_from_that_person_alone(
    caros: ShopClient, dans: ShopClient, dan: Customer, address: Address
) -> None:
    Address.create(customer=dan.id, subject=dan.subject, source="self", city="Birch Hill")
    withhold()
    assert "Birch Hill" in page(dans)


def test_lifting_it_shows_the_value_again_and_twice_does_nothing(caros: ShopClient, address: Address) -> None:
    row = withhold()
    assert lift(restriction_id=row.id, staff_id=1) is True
    assert lift(restriction_id=row.id, staff_id=1) is False
    assert "Alder Falls" in page(caros)
    kinds = [event.kind for event in AuditEvent.select().where(AuditEvent.about_kind == "restriction")]
    assert kinds == ["restriction-placed", "restriction-lifted"]
    with pytest.raises(NoSuchRestriction):
        lift(restriction_id=row.id + 1, staff_id=1)


def form(**changed: Any) -> dict[str, Any]:
    until = (clock.now() + timedelta(days=20)).date().isoformat()
    asked = {"email": CARO, "of_table": "address", "ground": "legal", "reason": REASON, "until": until}
    return {**asked, **changed}


def test_the_owner_places_and_lifts_one_at_the_desk(robin: ShopClient, caros: ShopClient, address: Address) -> None:
    answer = robin.submit("/admin/privacy", action="/admin/privacy/restrictions", **form())
    assert answer.status_code == 303
    assert "Alder Falls" not in page(caros)
    desk = robin.get("/admin/privacy").text
    assert REASON in desk
    row = Restriction.get()
    robin.submit("/admin/privacy", action=f"/admin/privacy/restrictions/{row.id}/lift")
    assert "Alder Falls" in page(caros)
    assert robin.submit("/admin/privacy", action="/admin/privacy/restrictions", **form()).status_code == 303


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"reason": "no"}, "Say it in a sentence."), ({"ground": ""}, "five grounds"), ({"email": "caro@"}, "complete"),
        ({"until": "2020-01-01"}, "from tomorrow on"), ({"of_table": ""}, "Choose what is withheld."),
        ({"ground": "cost"}, "how much it would be"), ({"row_id": "x"}, "whole number"),
        ({"ground": "cost", "quoted": "999999999"}, "as much as that"), ({"until": "2026-02-30"}, "no such day"),
        ({"until": "9999-12-31"}, "Look at the year"),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_typed_wrong_is_said_at_its_field_and_kept(
    robin: ShopClient, caro: Customer, wrong: dict[str, Any], said: str
) -> None:
    answer = robin.submit("/admin/privacy", action="/admin/privacy/restrictions", **form(**wrong))
    assert answer.status_code == 422
    assert said in answer.text
    if "reason" not in wrong:
        assert REASON in answer.text
    assert Restriction.select().count() == 0


def test_the_quoted_cost_is_typed_as_an_amount(robin: ShopClient, caro: Customer) -> None:
    asked = form(ground="cost", quoted="25.50")
    assert robin.submit("/admin/privacy", action="/admin/privacy/restrictions", **asked).status_code == 303
    assert Restriction.get().quoted_cents == 2550


def test_staff_who_are_not_the_owner_decide_nothing(sam: ShopClient, caro: Customer) -> None:
    assert sam.get("/admin/privacy").status_code == 403
    assert sam.post("/admin/privacy/restrictions/1/lift").status_code in {400, 403}


def test_a_restriction_that_is_not_there_is_404(robin: ShopClient) -> None:
    page = robin.get("/admin/privacy").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    answer = robin.post("/admin/privacy/restrictions/77/lift", data={"csrf_token": token})
    assert answer.status_code == 404
