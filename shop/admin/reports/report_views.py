"""The reports: each a page with its tables, and each table as a file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Response, abort
from flask.typing import ResponseReturnValue

from ... import clock
from ...access_rules import staff
from ...money import money, round_money
from ...reports.ledger import agreement
from ...reports.left_behind import conversion, conversions, left_behind
from ...reports.queries import Books, beside
from ...reports.series import Series, sales
from ...reports.standing_stock import stock_value
from ...reports.sums import Held, Kind
from ...web import page_or_fragment
from ..blueprint import blueprint
from ..csv_answers import csv_answer
from ..roles import READING_BOOKS
from . import building, of_now
from .asking import Asked, asked, presets
from .tables import Table
from .tiles import conversion_tiles, sales_tiles

OF_BOOKS = {
    "tax": building.by_tax,
    "discounts": building.discounts,
    "given-back": building.refunds,
    "delivery": building.delivery,
    "best-sellers": building.all_goods,
}


@blueprint.get("/reports")
@staff(*READING_BOOKS, shows_customers=False)
def reports() -> ResponseReturnValue:
    wanted = asked()
    series = sales(wanted.period, wanted.grain, wanted.currency)
    return _page(
        wanted,
        building.over_time(wanted, series),
        title="Sales",
        endpoint="admin.reports",
        tiles=sales_tiles(wanted, series),
        drawing=_drawing(wanted, series),
        currencies=series.currencies,
        missing=series.missing,
        desk_page="reports",
    )


@blueprint.get("/reports/best-sellers")
@staff(*READING_BOOKS, shows_customers=False)
def report_goods() -> ResponseReturnValue:
    wanted = asked()
    return _of_books(
        wanted, building.best_sellers, title="Best sellers", endpoint="admin.report_goods", desk_page="report-goods"
    )


@blueprint.get("/reports/tax")
@staff(*READING_BOOKS, shows_customers=False)
def report_tax() -> ResponseReturnValue:
    wanted = asked()
    return _of_books(wanted, building.by_tax, title="Tax", endpoint="admin.report_tax", desk_page="report-tax")


@blueprint.get("/reports/discounts")
@staff(*READING_BOOKS, shows_customers=False)
def report_discounts() -> ResponseReturnValue:
    wanted = asked()
    return _of_books(
        wanted, building.discounts, title="Discounts", endpoint="admin.report_discounts", desk_page="report-discounts"
    )


@blueprint.get("/reports/given-back")
@staff(*READING_BOOKS, shows_customers=False)
def report_refunds() -> ResponseReturnValue:
    wanted = asked()
    return _of_books(
        wanted, building.refunds, title="Given back", endpoint="admin.report_refunds", desk_page="report-refunds"
    )


@blueprint.get("/reports/delivery")
@staff(*READING_BOOKS, shows_customers=False)
def report_delivery() -> ResponseReturnValue:
    wanted = asked()
    return _of_books(
        wanted, building.delivery, title="Delivery", endpoint="admin.report_delivery", desk_page="report-delivery"
    )


@blueprint.get("/reports/carts")
@staff(*READING_BOOKS, shows_customers=False)
def report_carts() -> ResponseReturnValue:
    wanted = asked()
    now, then = beside(wanted.period)
    whole = conversion(now)
    return _page(
        wanted,
        of_now.begun(wanted, conversions(now, wanted.period, wanted.grain), whole),
        of_now.carts(wanted, left_behind()),
        title="Carts",
        endpoint="admin.report_carts",
        tiles=conversion_tiles(wanted, whole, conversion(then)),
        missing=len(now.missing),
        desk_page="report-carts",
    )


@blueprint.get("/reports/stock")
@staff(*READING_BOOKS, shows_customers=False)
def report_stock() -> ResponseReturnValue:
    """As it is now: it has no period."""
    wanted = asked(is_of_now=True)
    table = of_now.stock(wanted, stock_value())
    return _page(wanted, table, title="Stock", endpoint="admin.report_stock", is_of_now=True, desk_page="report-stock")


@blueprint.get("/reports/agreement")
@staff(*READING_BOOKS, shows_customers=False)
def report_agreement() -> ResponseReturnValue:
    wanted = asked()
    books = agreement(wanted.period, wanted.currency)
    return page_or_fragment(
        "admin/reports/agreement.html",
        "admin/reports/_agreement.html",
        status=422 if wanted.wrong else 200,
        asked=wanted,
        presets=presets(),
        books=books,
        sold=wanted.orders(wanted.key(Kind.SALES)),
        held={name.value: wanted.orders(wanted.key(Kind.HELD, name)) for name in Held},
        title="Do the books agree?",
        endpoint="admin.report_agreement",
        currencies=[],
        is_of_now=False,
        missing=books.missing,
        now=clock.now(),
        desk_page="report-agreement",
    )


@blueprint.get("/reports/<name>.csv")
@staff(*READING_BOOKS, shows_customers=False)
def report_file(name: str) -> ResponseReturnValue:
    """The whole table, also the rows that its page leaves out."""
    wanted = asked(is_file=True)
    table = _table(name, wanted)
    days = "" if name in {"stock", "carts"} else f"-{wanted.period.first}-{wanted.period.last}"
    return csv_answer(f"{table.name}{days}.csv", [column.words for column in table.columns], table.plain())


def _table(name: str, wanted: Asked) -> Table:
    match name:
        case "sales":
            return building.over_time(wanted, sales(wanted.period, wanted.grain, wanted.currency))
        case "stock":
            return of_now.stock(wanted, stock_value(limit=None))
        case "carts":
            return of_now.carts(wanted, left_behind())
        case "conversion":
            books = _books(wanted)
            return of_now.begun(wanted, conversions(books, wanted.period, wanted.grain), conversion(books))
    build = OF_BOOKS.get(name) or abort(404)
    return build(wanted, _books(wanted))


def _books(wanted: Asked) -> Books:
    return Books(wanted.period.first, wanted.period.last)


def _of_books(wanted: Asked, build: Callable[[Asked, Books], Table], **more: Any) -> Response:
    books = _books(wanted)
    return _page(wanted, build(wanted, books), missing=len(books.missing), **more)


def _page(wanted: Asked, *tables: Table, **more: Any) -> Response:
    """`missing` is how many days the worker has still to sum up."""
    return page_or_fragment(
        "admin/reports/report.html",
        "admin/reports/_report.html",
        status=422 if wanted.wrong else 200,
        **{"currencies": [], "is_of_now": False, "tiles": [], "drawing": "", "missing": 0, **more},
        asked=wanted,
        presets=presets(),
        now=clock.now(),
        tables=tables,
        file_of=lambda table: wanted.link("admin.report_file", name=table.name, by=wanted.grain.value),
    )


def _drawing(wanted: Asked, series: Series) -> str:
    # What draws is a library of a thousand classes: it is loaded by whoever looks at a report, not by every start.
    from .chart import Bar, chart

    bars = [
        Bar(
            point.bucket.label,
            point.sums.total_cents,
            point.sums.back_cents,
            None if point.before is None else point.before.total_cents,
        )
        for point in series.points
    ]
    best = max(series.points, key=lambda point: point.sums.total_cents)
    sold, most = (money(sums.total_cents, wanted.currency) for sums in (series.whole, best.sums))
    return chart(
        bars,
        title=f"Sales by {wanted.grain}, {wanted.period.words}",
        text=f"Sold {sold} in all; the most, {most}, in {best.bucket.words}. The table below has every figure.",
        money=partial(round_money, currency=wanted.currency),
    )
