"""A shop with years of orders that has just migrated: what is not summed up yet is left out of reports, and said."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from flask import Flask

from shop.db import db
from shop.orders.models import Order
from shop.reports.freshness import ORDERS_AT_ONCE, orders_to_sum_up
from shop.reports.models import ReportMark
from shop.reports.queries import Books
from shop.reports.services import sum_up
from shop.reports.sums import Key, Kind

from ...support.client import ShopClient

BEGIN = datetime(2026, 6, 1, 19, 0, tzinfo=UTC)
JUNE = date(2026, 6, 1), date(2026, 6, 30)
A_DAY = ORDERS_AT_ONCE // 30 + 10


def test_the_newest_days_come_first_and_what_is_missing_is_said(app: Flask, robin: ShopClient) -> None:
    place_in_june()
    assert (orders_to_sum_up(), len(Books(*JUNE).missing)) == (30 * A_DAY, 30)
    sum_up(seconds=0)
    some = Books(*JUNE)
    assert 0 < len(some.missing) < 30
    assert max(some.missing) < date(2026, 6, 30)
    assert orders() == (30 - len(some.missing)) * A_DAY == 30 * A_DAY - orders_to_sum_up()
    for page in ("?", "/best-sellers?", "/agreement?", "/carts?", "/orders?figure=sales&"):
        assert "being summed up" in robin.get(f"/admin/reports{page}from=2026-06-01&to=2026-06-30").text, page
    assert f"{orders_to_sum_up():,} orders" in robin.get("/admin/").text
    while orders_to_sum_up():
        sum_up()
    assert (orders(), Books(*JUNE).missing) == (30 * A_DAY, frozenset())
    assert "being summed up" not in robin.get("/admin/reports?from=2026-06-01&to=2026-06-30").text
    assert "Still to be summed up" not in robin.get("/admin/").text


def place_in_june() -> None:
    """Written straight into the table, and as a migration leaves it: nothing says which days have changed."""
    known = {"fingerprint": "", "state": "done", "currency": "USD", "subtotal_cents": 100, "total_cents": 100}
    known |= {"quote": "{}", "delivery_code": "parcel", "delivery_name": "Parcel"}
    moments = [BEGIN + timedelta(days=day, seconds=second) for day in range(30) for second in range(A_DAY)]
    with db.atomic():
        for start in range(0, len(moments), 500):
            numbers = enumerate(moments[start : start + 500], start)
            rows = [{**known, "number": str(each), "idem": str(each), "placed_at": at} for each, at in numbers]
            Order.insert_many(rows).execute()
        ReportMark.delete().execute()


def orders() -> int:
    return Books(*JUNE).figure(Key("USD", Kind.SALES)).orders
