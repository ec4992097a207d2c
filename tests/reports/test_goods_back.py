"""Pieces that went back: by a refund that names them, and with a cancelled order; never twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from flask import Flask

from shop.orders.models import Order, OrderLine, Refund, RefundState
from shop.orders.pieces.models import RefundLine
from shop.reports.queries import Books
from shop.reports.services import sum_up
from shop.reports.sums import Kind, Sums

from ..support.histories import cancelled, gave_back, goods, quote_of, sold

NOON = datetime(2026, 6, 10, 19, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def order_of_three() -> Order:
    return sold(quote_of(goods(1001, 3), goods(350, 2, name="Curly Kale"), delivery=None), at=NOON)


def gave_pieces_back(order: Order, quantity: int, *, at: datetime, state: RefundState = RefundState.DONE) -> Refund:
    refund = gave_back(order, 1001 * quantity, at=at, state=state)
    line = OrderLine.get(OrderLine.order == order.id, OrderLine.position == 0)
    cents = refund.amount_cents
    RefundLine.create(order=order, refund=refund, line=line, what=line.name, quantity=quantity, amount_cents=cents)
    return refund


def totes(first: date, last: date) -> Sums:
    best = Books(first, last).best_goods("USD", 10)
    return next((each.sums for each in best if each.words == "Alder Tote"), Sums())


def test_pieces_refunded_by_line_are_off_the_best_sellers_from_the_day_they_went(app: Flask) -> None:
    order = order_of_three()
    gave_pieces_back(order, 2, at=NOON + 3 * DAY)
    for _ in range(2):
        whole = totes(date(2026, 6, 1), date(2026, 6, 30))
        assert (whole.pieces, whole.back_pieces, whole.goods_kept_cents) == (3, 2, 1001)
        assert totes(date(2026, 6, 1), date(2026, 6, 12)).back_pieces == 0
        best = Books(date(2026, 6, 1), date(2026, 6, 30)).best_goods("USD", 10)
        assert [each.words for each in best] == ["Curly Kale", "Alder Tote"]
        sum_up()


def test_no_piece_goes_back_twice_when_the_order_is_cancelled_after_a_refund(app: Flask) -> None:
    order = order_of_three()
    gave_pieces_back(order, 1, at=NOON + DAY)
    cancelled(order, at=NOON + 2 * DAY)
    gave_pieces_back(order, 2, at=NOON + 3 * DAY)
    books = Books(date(2026, 6, 1), date(2026, 6, 30))
    for kind in (Kind.GOODS, Kind.ALL_GOODS):
        found = Sums()
        for sums in books.by_key(kind).values():
            found.add(sums)
        assert (found.back_pieces, found.goods_kept_cents) == (5, 0)


def test_what_was_promised_and_is_not_paid_takes_no_piece_off(app: Flask) -> None:
    order = order_of_three()
    refund = gave_pieces_back(order, 1, at=NOON + DAY, state=RefundState.SENT)
    sum_up()
    assert totes(date(2026, 6, 1), date(2026, 6, 30)).back_pieces == 0
    Refund.update(state=RefundState.DONE).where(Refund.id == refund.id).execute()
    assert totes(date(2026, 6, 1), date(2026, 6, 30)).back_pieces == 1


def test_a_piece_named_in_a_refund_afterwards_makes_its_day_stale(app: Flask) -> None:
    order = order_of_three()
    gave_pieces_back(order, 1, at=NOON + DAY)
    sum_up()
    RefundLine.update(quantity=2).execute()
    assert totes(date(2026, 6, 1), date(2026, 6, 30)).back_pieces == 2


def test_the_best_are_ranked_over_what_is_summed_up_and_what_is_not(app: Flask) -> None:
    for number in range(6):
        sold(quote_of(goods(100, 10 - number, name=f"Bag {number}"), delivery=None), at=NOON)
    sum_up()
    sold(quote_of(goods(100, 6, name="Bag 5"), delivery=None), at=NOON + DAY)
    cancelled(Order.get(), at=NOON + DAY)
    best = Books(date(2026, 6, 1), date(2026, 6, 30)).best_goods("USD", 3)
    assert [(each.words, each.sums.net_pieces) for each in best] == [("Bag 5", 11), ("Bag 1", 9), ("Bag 2", 8)]
