"""Finding somebody at the desk: by what they say of themselves, never by leafing through a list."""

from __future__ import annotations

import pytest
from flask import Flask

from shop.audit.models import AuditEvent
from shop.customers.models import Customer
from tests.support.client import HtmxClient, ShopClient
from tests.support.customers import CARO, make_customer
from tests.support.past import past_order
from tests.support.queries import count_queries

GUEST = "wren@guests.example"


def rows(page: str) -> int:
    return page.count("data-row")


def events(kind: str) -> list[AuditEvent]:
    return list(AuditEvent.select().where(AuditEvent.kind == kind).order_by(AuditEvent.number))


@pytest.mark.promise("P08")
def test_without_a_search_there_is_nobody_to_see(sam: ShopClient, caro: Customer) -> None:
    page = sam.get("/admin/customers").text
    assert "Whom do you look for?" in page
    assert "Caro" not in page
    assert rows(page) == 0


@pytest.mark.parametrize("search", [CARO.upper(), "+1 213 555 0134", "(213) 555-0134", "reed", "Réed caro"])
def test_an_account_is_found_by_all_it_says_of_itself(app: Flask, sam: ShopClient, caro: Customer, search: str) -> None:
    caro.phone = "+12135550134"
    caro.save()
    page = sam.get("/admin/customers", query_string={"q": search}).text
    assert f"/admin/customers/{caro.id}" in page
    assert CARO not in page.replace(f'value="{CARO.upper()}"', "")
    assert "c…@customers.example" in page


def test_parts_of_words_and_of_addresses_find_nobody(sam: ShopClient, caro: Customer) -> None:
    for search in ("ree", "caro@", "@customers.example", "%", "*", "caro dan"):
        assert rows(sam.get("/admin/customers", query_string={"q": search}).text) == 0


def test_a_guest_is_one_person_however_many_orders_they_placed(sam: ShopClient, app: Flask) -> None:
    with app.app_context():
        past_order(GUEST)
        newest = past_order(GUEST)
    for search in (GUEST, "wren oakes", "+12135550134"):
        page = sam.get("/admin/customers", query_string={"q": search}).text
        assert rows(page) == 1
        assert f"/admin/guests/{newest.number}" in page


def test_guest_orders_of_somebody_with_an_account_are_theirs(sam: ShopClient, app: Flask, caro: Customer) -> None:
    with app.app_context():
        past_order(CARO)
    page = sam.get("/admin/customers", query_string={"q": CARO}).text
    assert rows(page) == 1
    assert f"/admin/customers/{caro.id}" in page


@pytest.mark.promise("P08")
def test_whoever_asks_for_too_many_sees_none_of_them(app: Flask, sam: ShopClient) -> None:
    with app.app_context():
        for number in range(21):
            make_customer(f"smith{number}@customers.example", f"Ann{number} Smith")
    page = sam.get("/admin/customers", query_string={"q": "smith"}).text
    assert "say more" in page
    assert rows(page) == 0
    assert rows(sam.get("/admin/customers", query_string={"q": "smith ann7"}).text) == 1


def test_a_search_is_noted_and_whom_it_found_reads_of_it(app: Flask, sam: ShopClient, caro: Customer) -> None:
    sam.get("/admin/customers", query_string={"q": CARO})
    (searched,) = events("customers-searched")
    assert (searched.details, searched.about_kind) == ('{"by":"email","found":1}', "staff")
    (found,) = events("customer-found")
    assert (found.about_kind, found.about_id) == ("customer", caro.id)


def test_finding_many_takes_as_many_queries_as_finding_one(app: Flask, sam: ShopClient) -> None:
    def count(search: str) -> int:
        with count_queries() as seen:
            sam.get("/admin/customers", query_string={"q": search})
        return len([sql for sql in seen if "audit_event" not in sql and "advisory" not in sql])

    with app.app_context():
        make_customer("one@customers.example", "Una Single")
        past_order("una@guests.example")
        for number in range(9):
            make_customer(f"smith{number}@customers.example", f"Ann{number} Smith")
    assert count("single") == count("smith")


def test_htmx_gets_the_list_alone(app: Flask, robin_htmx: HtmxClient, caro: Customer) -> None:
    answer = robin_htmx.get("/admin/customers", query_string={"q": "reed"})
    assert answer.text.lstrip().startswith("<section")
    assert rows(answer.text) == 1
