"""Files for carriers and makers: exactly what the register lets them have, of orders that need them, and each noted."""

from __future__ import annotations

import csv
import io
import threading
from itertools import combinations

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from shop import clock
from shop.audit.models import AuditEvent
from shop.db import close_connection, open_connection
from shop.disclosures.allowed import allowed_fields, fields_to_choose
from shop.disclosures.models import Disclosure, RegisteredRecipient
from shop.disclosures.queries import registered
from shop.disclosures.registering import change_recipient, end_recipient, register_recipient
from shop.disclosures.services import NoAgreement
from shop.orders.models import Order, OrderState
from shop.orders.services.handing_over import GivenBefore, hand_over
from shop.orders.services.parcels import NotShippable, ship_order
from shop.spreadsheets import BYTE_ORDER_MARK
from shop.vault import Recipient
from shop.vault.store import keys_db
from tests.support.client import ShopClient
from tests.support.pages import parsed, text_of
from tests.support.waiting import made, waiting_order

pytestmark = pytest.mark.once

PAGE = "/admin/orders/hand-over"
CARRIER = "usps"


def shown(answer: TestResponse) -> str:
    return text_of(parsed(answer.text, fragment=False)[0])


def given(client: ShopClient, code: str, *orders: Order, **typed: str) -> TestResponse:
    return client.submit(f"{PAGE}?to={code}", action=PAGE, numbers=[order.number for order in orders], **typed)


def rows_of(answer: TestResponse) -> list[dict[str, str]]:
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))


def allow(code: str, fields: list[str]) -> RegisteredRecipient:
    found = registered(code)
    assert found is not None
    change_recipient(
        found=found, fields=fields, agreed_at=found.agreed_at, agreement=found.agreement,
        ships_direct=found.ships_direct, staff_id=1,
    )  # fmt: skip
    changed = registered(code)
    assert changed is not None
    return changed


@pytest.mark.promise("P09")
def test_handing_over_gives_a_file_and_writes_a_row_for_each_order(sam: ShopClient) -> None:
    first, second = waiting_order("Wren Oakes", note="Ring twice."), waiting_order("Ada Byron", phone=None)
    answer = given(sam, CARRIER, first, second)
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="orders-usps-')
    rows = rows_of(answer)
    assert [(row["order_number"], row["delivery_name"], row["phone"]) for row in rows] == [
        (first.number, "Wren Oakes", "(213) 555-0134"),
        (second.number, "Ada Byron", ""),
    ]
    assert not [word for word in ("wren@", "Ring twice", "4800") if word in answer.get_data(as_text=True)]
    noted = list(Disclosure.select().order_by(Disclosure.id))
    assert [(row.about_id, row.recipient, row.who, row.purpose) for row in noted] == [
        (first.id, "carrier", CARRIER, "delivery"),
        (second.id, "carrier", CARRIER, "delivery"),
    ]
    assert "phone" in noted[0].field_names
    assert "phone" not in noted[1].field_names
    assert noted[0].agreement.startswith("Terms of carriage, ")
    event = AuditEvent.select().where(AuditEvent.kind == "orders-handed-over").get()
    assert event.details == '{"code":"usps","count":2}'
    page = shown(sam.get(f"/admin/orders/{first.number}"))
    assert "Handed over to USPS." in page
    assert "USPS was given the order's number, full name" in page


@pytest.mark.promise("P10")
def test_whatever_is_allowed_the_file_holds_that_and_nothing_else(app: Flask) -> None:
    order = waiting_order(phone="+12135550134", note="Ring twice.")
    choices = fields_to_choose(Recipient.CARRIER)
    for fields in (list(some) for size in (1, 2, len(choices)) for some in combinations(choices, size)):
        to = allow(CARRIER, fields)
        Disclosure.delete().execute()
        with app.app_context():
            try:
                handed = hand_over(kind=Recipient.CARRIER, code=CARRIER, order_ids=[order.id], staff_id=1)
            except Exception as error:  # noqa: BLE001
                assert "holds nothing" in str(error)
                continue
        assert list(handed.columns) == to.field_names
        assert set(fields) == set(to.field_names)
        (row,) = handed.rows
        assert set(row) == set(fields) <= allowed_fields(Recipient.CARRIER)
        assert set(Disclosure.get().field_names) <= set(fields)


@pytest.mark.promise("P10", "P09")
def test_a_recipient_without_agreement_gets_neither_file_nor_parcel(app: Flask, sam: ShopClient) -> None:
    order = waiting_order()
    register_recipient(name="Bike Couriers", kind=Recipient.CARRIER, fields=["delivery_name"], staff_id=1)
    end_recipient(found=registered("dhl") or RegisteredRecipient(), staff_id=1)
    page = shown(sam.get(PAGE))
    assert "USPS" in page
    assert "Bike Couriers" not in page
    for code in ("bike-couriers", "dhl", "no-such"):
        assert sam.get(f"{PAGE}?to={code}").status_code == 404
        with app.app_context():
            with pytest.raises(NoAgreement):
                hand_over(kind=Recipient.CARRIER, code=code, order_ids=[order.id], staff_id=1)
            with pytest.raises(NotShippable, match="register of recipients"):
                ship_order(order=order, carrier=code, tracking="", staff_id=1)
    assert Disclosure.select().count() == 0
    assert Order.get_by_id(order.id).state == OrderState.PLACED


@pytest.mark.promise("P11")
def test_orders_that_do_not_need_it_are_refused_all_or_none(sam: ShopClient) -> None:
    wanted = waiting_order()
    refused = {
        "was cancelled": waiting_order(state=OrderState.CANCELLED),
        "has left already": waiting_order(state=OrderState.SHIPPED),
        "is not paid yet": waiting_order(state=OrderState.PENDING),
        "is not paid": waiting_order(is_paid=False),
        "is collected from the shop": waiting_order(method="pick-up"),
        "goes with our own round": waiting_order(method="local"),
        "was forgotten": waiting_order(),
    }
    Order.update(deactivated_at=clock.now()).where(Order.id == refused["was forgotten"].id).execute()
    page = sam.get(f"{PAGE}?to={CARRIER}")
    assert [order.number for order in refused.values() if order.number in page.text] == []
    for reason, order in refused.items():
        answer = given(sam, CARRIER, wanted, order)
        assert answer.status_code == 422
        assert f"{order.number} {reason}" in shown(answer)
    assert Disclosure.select().count() == 0


@pytest.mark.promise("P11")
def test_the_same_order_goes_to_the_same_recipient_again_only_with_a_reason(sam: ShopClient) -> None:
    order = waiting_order()
    rows_of(given(sam, CARRIER, order))
    again = given(sam, CARRIER, order)
    assert again.status_code == 422
    assert f"USPS was given {order.number} already: choose why again." in shown(again)
    assert len(rows_of(given(sam, CARRIER, order, again="lost"))) == 1
    rows = list(Disclosure.select().order_by(Disclosure.id))
    assert [row.reason for row in rows] == ["", "lost"]
    assert "they did not get it, or lost it" in shown(sam.get(f"/admin/orders/{order.number}"))


@pytest.mark.promise("P11")
def test_of_two_at_once_one_is_asked_why(app: Flask) -> None:
    order, gate = waiting_order(), threading.Barrier(3)
    answers: list[str] = []

    def give() -> None:
        with app.app_context():
            gate.wait()
            try:
                open_connection()
                hand_over(kind=Recipient.CARRIER, code=CARRIER, order_ids=[order.id], staff_id=1)
                answers.append("given")
            except GivenBefore:
                answers.append("asked why")
            finally:
                close_connection()
                if not keys_db.is_closed():
                    keys_db.close()

    threads = [threading.Thread(target=give) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["asked why", "asked why", "given"]
    assert Disclosure.select().count() == 1


def test_a_parcel_whose_list_was_sent_ahead_is_not_noted_twice(app: Flask) -> None:
    order = waiting_order()
    with app.app_context():
        hand_over(kind=Recipient.CARRIER, code=CARRIER, order_ids=[order.id], staff_id=1)
        ship_order(order=order, carrier=CARRIER, tracking="9400 1112 0255", staff_id=1)
    assert Disclosure.select().where(Disclosure.recipient == "carrier").count() == 1


@pytest.mark.promise("P10")
def test_a_maker_learns_what_to_make_and_where_to_only_if_it_ships_itself(sam: ShopClient) -> None:
    tote, kale = made("Alder Tote", "Fern Atelier", option1="Moss"), made("Curly Kale", "Tule Farm")
    order, other = waiting_order(goods=[(tote, 2), (kale, 1)]), waiting_order(goods=[(kale, 1)])
    form = "/admin/recipients/new?kind=manufacturer"
    assert sam.get(form).status_code == 403
    register_recipient(
        name="Fern Atelier", kind=Recipient.MANUFACTURER, fields=["order_number", "items"], agreed_at=clock.now(),
        agreement="Contract", staff_id=1,
    )  # fmt: skip
    page = sam.get(f"{PAGE}?to=fern-atelier")
    assert order.number in page.text
    assert other.number not in page.text
    (row,) = rows_of(given(sam, "fern-atelier", order))
    assert row == {"order_number": order.number, "items": f"2 × Alder Tote, Moss ({tote.sku})"}
    assert Disclosure.get().purpose == "manufacture"


def test_no_cell_is_a_formula(sam: ShopClient) -> None:
    signs = ("=", "+", "-", "@", "\t", "\r", "\uff1d")
    orders = [waiting_order(f"{sign}HYPERLINK(1)", delivery_street=f"{sign}1+1") for sign in signs]
    rows = rows_of(given(sam, CARRIER, *orders))
    assert [row["delivery_name"] for row in rows] == [f"'{sign}HYPERLINK(1)" for sign in signs]
    assert all(row["delivery_street"].startswith("'") for row in rows)


def test_the_file_is_utf_8_with_a_mark_for_excel_alone(sam: ShopClient) -> None:
    order = waiting_order('Jörg Åström, 2nd "floor"')
    plain = given(sam, CARRIER, order).get_data().decode()
    assert not plain.startswith(BYTE_ORDER_MARK)
    assert "\r\n" in plain
    marked = given(sam, CARRIER, order, again="lost", excel="y")
    assert marked.get_data().decode().startswith(BYTE_ORDER_MARK)
    assert marked.headers["Cache-Control"] == "no-store"
    assert 'Jörg Åström, 2nd "floor"' in plain.replace('""', '"')


def test_the_page_says_what_the_file_looks_like(sam: ShopClient) -> None:
    waiting_order()
    page = shown(sam.get(f"{PAGE}?to={CARRIER}"))
    assert all(name in page for name in fields_to_choose(Recipient.CARRIER))
    assert "RFC 4180" in page
    assert "Choose at least one order" in shown(given(sam, CARRIER))
