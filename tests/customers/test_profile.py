"""What customers say about themselves: changed by themselves or for them, and confirmed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

import peewee
import pytest
from flask import Flask

from shop import clock
from shop.audit.models import AuditEvent
from shop.customers.models import Customer
from shop.customers.services.profile import ChangedMeanwhile, change_field, confirm_profile
from shop.db import db
from shop.vault import Source, rows_with_name, version_of

pytestmark = pytest.mark.once


def mine(customer: Customer) -> str:
    return f"customer:{customer.id}"


def now(customer: Customer) -> Customer:
    found: Customer = Customer.get_by_id(customer.id)
    return found


def row(customer: Customer) -> dict[str, Any]:
    (found,) = Customer.select().where(Customer.id == customer.id).dicts()
    return cast("dict[str, Any]", found)


def test_a_value_is_changed_and_found_by_its_new_words_alone(caro: Customer) -> None:
    assert change_field(customer=caro, column="name", value="Carola Röd", source=Source.SELF, by=mine(caro))
    assert now(caro).name == "Carola Röd"
    assert [found.id for found in rows_with_name(Customer, "rod")] == [caro.id]
    assert not rows_with_name(Customer, "reed").exists()


def test_a_value_is_taken_away_and_no_index_finds_it_any_more(caro: Customer) -> None:
    change_field(customer=caro, column="phone", value="+12135550134", source=Source.SELF, by=mine(caro))
    assert now(caro).phone_index
    for column in ("phone", "name"):
        assert change_field(customer=caro, column=column, value=None, source=Source.SELF, by=mine(caro))
    assert (now(caro).phone, now(caro).phone_index, now(caro).name) == (None, None, None)
    assert not rows_with_name(Customer, "caro").exists()


def test_the_trail_says_that_it_changed_and_not_from_what(app: Flask, caro: Customer) -> None:
    with app.app_context():
        change_field(customer=caro, column="name", value="Nomi", source=Source.STAFF_BY_PHONE, by="staff:3")
    event = AuditEvent.get(AuditEvent.kind == "customer-changed")
    assert event.actor == "staff:3"
    assert (event.about_kind, event.about_id) == ("customer", caro.id)
    assert event.details == '{"field":"name","source":"staff_by_phone"}'


@pytest.mark.promise("P36")
def test_what_was_told_by_phone_says_so_and_nothing_is_kept_without_a_source(app: Flask, caro: Customer) -> None:
    with app.app_context():
        change_field(customer=caro, column="name", value="Nomi", source=Source.STAFF_BY_PHONE, by="staff:3")
    assert now(caro).source == Source.STAFF_BY_PHONE
    for source in (None, "hearsay"):
        with pytest.raises(peewee.IntegrityError), db.atomic():
            change_field(customer=caro, column="name", value="Noa", source=source, by="staff:3")  # type: ignore[arg-type]
    assert now(caro).name == "Nomi"


def test_what_somebody_else_wrote_meanwhile_is_not_written_over(caro: Customer) -> None:
    seen = version_of(now(caro), "name")
    change_field(customer=caro, column="name", value="First", source=Source.SELF, by=mine(caro), seen=seen)
    with pytest.raises(ChangedMeanwhile):
        change_field(customer=caro, column="name", value="Second", source=Source.SELF, by=mine(caro), seen=seen)
    assert now(caro).name == "First"


def test_the_same_again_changes_nothing_and_is_no_conflict(caro: Customer) -> None:
    seen = version_of(now(caro), "name")
    assert change_field(customer=caro, column="name", value="First", source=Source.SELF, by=mine(caro), seen=seen)
    assert not change_field(customer=caro, column="name", value="First", source=Source.SELF, by=mine(caro), seen=seen)
    assert AuditEvent.select().where(AuditEvent.kind == "customer-changed").count() == 1


def test_another_value_that_changed_is_no_conflict(caro: Customer) -> None:
    seen = version_of(now(caro), "phone")
    change_field(customer=caro, column="name", value="Other", source=Source.SELF, by=mine(caro))
    assert change_field(
        customer=caro, column="phone", value="+12135550134", source=Source.SELF, by=mine(caro), seen=seen
    )


@pytest.mark.promise("P44")
def test_confirming_sets_the_date_and_nothing_else(app: Flask, caro: Customer) -> None:
    before = row(caro)
    clock.travel(timedelta(days=100))
    confirm_profile(customer=caro, by=mine(caro))
    after = row(caro)
    assert {name for name in after if after[name] != before[name]} == {"confirmed_at"}
    assert now(caro).confirmed_at - caro.confirmed_at > timedelta(days=99)
