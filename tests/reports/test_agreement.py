"""The figures agree with the orders, the payments and the refunds behind them, to the cent, whatever happened."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shop.db import db
from shop.orders.models import Order, OrderEdit, Payment, PaymentState, Refund, RefundState
from shop.reports.booking import Cells
from shop.reports.ledger import agreement
from shop.reports.models import ReportMark
from shop.reports.periods import Period
from shop.reports.queries import Books
from shop.reports.services import sum_up
from shop.reports.sums import Key, Kind, Sums

from ..support.histories import gave_back, goods, quote_of, sold
from . import past

FIRST, LAST = date(2026, 10, 20), date(2026, 12, 1)
histories = st.tuples(st.integers(0, 2**32), st.integers(1, 12))
few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def everything(books: Books) -> dict[str, Cells]:
    return {kind: books.by_day(kind) for kind in Kind}


def whole(cells: Cells) -> Sums:
    sums = Sums()
    for each in cells.values():
        sums.add(each)
    return sums


@few
@given(histories)
def test_sales_and_what_went_back_are_the_ledgers_of_each_day(app: Flask, history: tuple[int, int]) -> None:
    ledger = written(history)
    by_day = Books(FIRST, LAST).by_day(Kind.SALES)
    days = {day: (sums.total_cents, sums.back_cents) for (day, _), sums in by_day.items()}
    expected = {day: (ledger.sold[day], ledger.back[day]) for day in {*ledger.sold, *ledger.back}}
    assert {day: cents for day, cents in days.items() if any(cents)} == {
        day: cents for day, cents in expected.items() if any(cents)
    }


@few
@given(histories)
def test_what_was_sold_less_what_went_back_is_what_the_payments_hold(app: Flask, history: tuple[int, int]) -> None:
    written(history)
    assert whole(Books(FIRST, LAST).by_day(Kind.SALES)).net_cents == past.held_by_the_payments()


@few
@given(histories)
def test_the_parts_of_each_kind_sum_to_the_whole(app: Flask, history: tuple[int, int]) -> None:
    written(history)
    found = {kind: whole(cells) for kind, cells in everything(Books(FIRST, LAST)).items()}
    sales = found[Kind.SALES]
    for kind in (Kind.TAX, Kind.DELIVERY):
        part = found[kind]
        assert (part.total_cents, part.tax_cents) == (sales.total_cents, sales.tax_cents)
        assert (part.back_cents, part.back_tax_cents) == (sales.back_cents, sales.back_tax_cents)
    goods_, back = found[Kind.GOODS], found[Kind.BACK]
    assert (goods_.goods_cents, goods_.discount_cents) == (sales.goods_cents, sales.discount_cents)
    assert (goods_.pieces, goods_.back_pieces) == (sales.pieces, sales.back_pieces)
    assert (back.back_cents, back.back_tax_cents) == (sales.back_cents, sales.back_tax_cents)
    assert found[Kind.DISCOUNT].discount_cents == sales.discount_cents


@few
@given(histories)
def test_days_summed_up_hold_what_is_worked_out_afresh(app: Flask, history: tuple[int, int]) -> None:
    ledger = written(history)
    afresh = everything(Books(FIRST, LAST))
    sum_up()
    assert not ReportMark.select().exists()
    books = Books(FIRST, LAST)
    assert books.stale == set()
    assert everything(books) == afresh
    assert {key: whole({(FIRST, key): sums}) for key, sums in books.by_key(Kind.TAX).items()} == by_key(afresh)
    # Of an order that was changed, the day it was placed keeps what it was then.
    changed = next((order for order in ledger.orders if not is_changed(order)), None)
    if changed is None:
        return
    Order.update(total_cents=Order.total_cents + 1).where(Order.id == changed.id).execute()
    after = whole(Books(FIRST, LAST).by_day(Kind.SALES))
    assert after.total_cents == whole(afresh[Kind.SALES]).total_cents + 1


def is_changed(order: Order) -> bool:
    return bool(OrderEdit.select().where(OrderEdit.order == order.id).exists())


def by_key(cells: dict[str, Cells]) -> dict[Key, Sums]:
    found: dict[Key, Sums] = {}
    for (_, key), sums in cells[Kind.TAX].items():
        found.setdefault(key, Sums()).add(sums)
    return found


@few
@given(st.integers(0, 2**32), st.lists(st.integers(1, 5000), max_size=6))
def test_an_order_given_back_whole_gives_back_its_whole_tax(app: Flask, seed: int, parts: list[int]) -> None:
    past.empty()
    order = sold(past.random_quote(Random(seed)), at=past.BEGIN)
    left = order.total_cents
    for number, cents in enumerate([*parts, left]):
        if left:
            gave_back(order, min(cents, left), at=past.BEGIN + timedelta(minutes=number))
            left -= min(cents, left)
    by_rate = Books(FIRST, LAST).by_key(Kind.TAX).values()
    assert [sums.net_cents for sums in by_rate if sums.net_cents] == []
    assert [sums.net_tax_cents for sums in by_rate if sums.net_tax_cents] == []


def test_a_refund_that_is_done_later_takes_its_own_day_and_the_ones_after_it_with_it(app: Flask) -> None:
    order = sold(quote_of(goods(9999)), at=past.BEGIN)
    refund = gave_back(order, 333, at=past.BEGIN + timedelta(days=3), state=RefundState.SENT)
    gave_back(order, 333, at=past.BEGIN + timedelta(days=5))
    sum_up()
    type(refund).update(state=RefundState.DONE).where(type(refund).id == refund.id).execute()
    books = Books(FIRST, LAST)
    assert len(books.stale) == 3
    assert whole(books.by_day(Kind.SALES)).back_cents == 666


def test_a_change_counts_on_its_own_day_and_a_payment_let_go_for_what_is_left(app: Flask) -> None:
    first, second = goods(5000, 2, name="Alder Tote"), goods(5000, 1, name="Alder Tote")
    order = sold(quote_of(first), at=past.BEGIN)
    sum_up()
    at = past.BEGIN + timedelta(days=2)
    edit = past.changed(order, quote_of(second), at)
    payment = Payment.get()
    pending = {"order": order.id, "payment": payment.id, "state": RefundState.REQUESTED}
    less = Refund.create(edit=edit.id, ref="less", amount_cents=-edit.difference_cents, **pending)
    by_day = Books(FIRST, LAST).by_day(Kind.SALES)
    assert [(sums.orders, sums.pieces, sums.total_cents) for _, sums in sorted(by_day.items())] == [
        (1, 2, order.total_cents),
        (0, -1, edit.difference_cents),
    ]
    books = agreement(Period(FIRST, LAST), "USD")
    assert (books.difference_cents, books.apart_count, books.owed_cents) == (0, 0, -edit.difference_cents)
    # The days before it know of the change as well, for the order is of theirs.
    placed_on = agreement(Period(FIRST, past.day_of(past.BEGIN)), "USD")
    assert (placed_on.difference_cents, placed_on.sold_cents) == (0, Order.get().total_cents)
    past.cancel(order, at + timedelta(days=1))
    Payment.update(state=PaymentState.VOIDED).execute()
    Refund.update(state=RefundState.VOIDED, decided_at=at + timedelta(days=1)).where(Refund.id == less.id).execute()
    sum_up()
    assert whole(Books(FIRST, LAST).by_day(Kind.SALES)).net_cents == 0
    books = agreement(Period(FIRST, LAST), "USD")
    assert (books.difference_cents, books.apart_count, books.owed_cents) == (0, 0, 0)


def written(history: tuple[int, int]) -> past.Ledger:
    past.empty()
    with db.atomic():
        return past.random_history(Random(history[0]), history[1])
