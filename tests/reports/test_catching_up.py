"""What is summed up once, and what its words are."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from flask import Flask

from shop.reports.models import ReportPart, ReportZone
from shop.reports.queries import Books
from shop.reports.services import sum_up

from ..support.histories import goods, quote_of, sold

NOON = datetime(2026, 6, 30, 19, 0, tzinfo=UTC)
JUNE = date(2026, 6, 1), date(2026, 6, 30)


def test_summing_up_again_writes_the_same_and_a_new_day_needs_nothing(app: Flask) -> None:
    sold(quote_of(goods(1000), delivery=None), at=NOON)
    sum_up()
    before = ReportPart.select().count()
    assert sum_up() == 0
    ReportZone.update(summed_from=None).execute()
    sum_up()
    assert ReportPart.select().count() == before > 0
    later = Books(date(2030, 1, 1), date(2030, 1, 31))
    assert (later.stale, later.missing) == (frozenset(), frozenset())


def test_goods_and_ways_are_called_as_they_were_last(app: Flask) -> None:
    for days, name in ((0, "Alder Tote"), (5, "Old Tote")):
        sold(quote_of(goods(1000, name=name, sku="tote"), delivery=None), at=NOON - timedelta(days=days))
    for _ in range(2):
        (best,) = Books(*JUNE).best_goods("USD", 5)
        assert (best.words, best.sums.pieces) == ("Alder Tote", 2)
        sum_up()
