"""The audit trail at the desk: read, searched, checked, and never changed."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from shop.admin.models import Role, Staff
from shop.audit.models import AuditEvent
from shop.audit.services import record
from shop.db import db
from shop.ops.doctor import look

from ...support.client import HtmxClient, ShopClient
from ...support.customers import CARO
from ...support.desk import ROBIN, SAM, sign_in
from ...support.past import past_order
from ...support.queries import count_queries

TRAIL = "/admin/trail"


@pytest.fixture
def auditor(app: Flask, staff: dict[str, Staff]) -> ShopClient:
    Staff.update(role=Role.AUDITOR).where(Staff.id == staff[SAM].id).execute()
    return sign_in(ShopClient(app, use_cookies=True), SAM)


def numbers(page: str) -> list[int]:
    return [int(number) for number in re.findall(r"<tr>\s*<td>(\d+)</td>", page)]


def some(count: int) -> None:
    with db.atomic():
        for row_id in range(1, count + 1):
            record("order-packed", actor="staff:1", about=("order", row_id))


@pytest.mark.promise("P46", "P13")
def test_an_auditor_reads_what_happened_and_nobodys_name(auditor: ShopClient, staff: dict[str, Staff]) -> None:
    order = past_order(CARO)
    record("order-opened", actor=f"staff:{staff[ROBIN].id}", about=("order", order.id), reason="payment")
    page = auditor.get(TRAIL).text
    assert "Order opened" in page and "Robin Fern" in page
    assert f"order {order.number}" in page and "reason payment" in page
    assert CARO not in page and "Wren" not in page
    assert f"/admin/orders/{order.number}" not in page
    assert auditor.get(f"/admin/orders/{order.number}").status_code == 403


def test_it_pages_by_number_and_asks_the_same_however_long_it_is(robin: ShopClient) -> None:
    some(120)
    with count_queries() as few:
        first = robin.get(TRAIL)
    shown = numbers(first.text)
    assert len(shown) == 50 and shown == sorted(shown, reverse=True)
    older = re.search(r'rel="next" href="([^"]+)"', first.text)
    assert older is not None
    with count_queries() as many:
        second = robin.get(older[1].replace("&amp;", "&")).text
    assert numbers(second) == list(range(shown[-1] - 1, shown[-1] - 51, -1))
    assert len(many) <= len(few) <= 12


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"kind": "order-packed"}, 3),
        ({"actor": "guest"}, 1),
        ({"about": "order:2"}, 1),
        ({"about": "Order 2"}, 1),
        ({"about": "order 99999999999"}, 0),
        ({"about": "nonsense' OR 1=1"}, 0),
        ({"kind": "no-such-thing", "actor": "emperor:1", "about": "staff 999"}, 0),
        ({"kind": "order-packed", "actor": "guest"}, 0),
    ],
)
def test_it_is_asked_by_what_who_and_about(robin: ShopClient, asked: dict[str, str], found: int) -> None:
    some(3)
    record("staff-sign-in-refused", actor="guest", about=("staff", 0), reason="password")
    page = robin.get(TRAIL, query_string=asked)
    assert page.status_code == 200
    assert len(numbers(page.text)) == found


def test_an_order_is_found_by_its_number(robin: ShopClient) -> None:
    order = past_order(CARO)
    record("order-packed", actor="staff:1", about=("order", order.id))
    page = robin.get(TRAIL, query_string={"about": order.number.lower()}).text
    assert "Order packed" in page
    assert f"order {order.number}" in page


@pytest.mark.promise("P13")
def test_the_check_says_whether_the_chain_is_whole_and_which_row_is_not(
    robin: ShopClient, robin_htmx: HtmxClient
) -> None:
    some(3)
    last = AuditEvent.select().count()
    for client in (robin, robin_htmx):
        answer = client.submit(TRAIL, action=f"{TRAIL}/check")
        assert f"The chain is whole up to number {last}" in answer.text
    AuditEvent.update(actor="staff:2").where(AuditEvent.number == last - 1).execute()
    answer = robin.submit(TRAIL, action=f"{TRAIL}/check")
    assert f"row {last - 1} is altered" in answer.text


def test_the_worker_checks_it_too_and_the_page_says_when(app: Flask, robin: ShopClient) -> None:
    some(2)
    with app.app_context():
        look()
    assert "The audit trail is whole up to number" in robin.get(TRAIL).text
    AuditEvent.update(kind="order-shipped").where(AuditEvent.number == 2).execute()
    with app.app_context():
        look()
    assert "row 2 is altered" in robin.get(TRAIL).text


def test_packers_do_not_read_it_and_nobody_writes_it(app: Flask, sam: ShopClient, robin: ShopClient) -> None:
    assert sam.get(TRAIL).status_code == 403
    assert robin.get(TRAIL).text.count('method="post"') == 2
    ways = {
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if "trail" in rule.rule
    }
    assert ways == {(TRAIL, way) for way in ("GET", "HEAD", "OPTIONS")} | {
        (f"{TRAIL}/check", way) for way in ("POST", "OPTIONS")
    }
