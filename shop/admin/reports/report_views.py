"""The reports: each a page with its table, and the same table as a file."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, abort
from flask.typing import ResponseReturnValue

from ...access_rules import staff
from ...money import money, round_money
from ...reports.ledger import agreement
from ...reports.left_behind import conversion, left_behind
from ...reports.queries import Books
from ...reports.series import Series, sales
from ...reports.standing_stock import stock_value
from ...spreadsheets import csv_lines
from ...web import page_or_fragment
from ..blueprint import blueprint
from ..roles import READING_BOOKS
from . import building, explaining
from .asking import Asked, asked, presets
from .tables import Table
from .tiles import Tile, changed, sales_tiles


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
        desk_page="reports",
    )


@blueprint.get("/reports/best-sellers")
@staff(*READING_BOOKS, shows_customers=False)
def report_goods() -> ResponseReturnValue:
    wanted = asked()
    table = building.best_sellers(wanted, _books(wanted))
    return _page(wanted, table, title="Best sellers", endpoint="admin.report_goods", desk_page="report-goods")


@blueprint.get("/reports/tax")
@staff(*READING_BOOKS, shows_customers=False)
def report_tax() -> ResponseReturnValue:
    wanted = asked()
    table = building.by_tax(wanted, _books(wanted))
    return _page(wanted, table, title="Tax", endpoint="admin.report_tax", desk_page="report-tax")


@blueprint.get("/reports/discounts")
@staff(*READING_BOOKS, shows_customers=False)
def report_discounts() -> ResponseReturnValue:
    wanted = asked()
    table = building.discounts(wanted, _books(wanted))
    return _page(wanted, table, title="Discounts", endpoint="admin.report_discounts", desk_page="report-discounts")


@blueprint.get("/reports/given-back")
@staff(*READING_BOOKS, shows_customers=False)
def report_refunds() -> ResponseReturnValue:
    wanted = asked()
    table = building.refunds(wanted, _books(wanted))
    return _page(wanted, table, title="Given back", endpoint="admin.report_refunds", desk_page="report-refunds")


@blueprint.get("/reports/delivery")
@staff(*READING_BOOKS, shows_customers=False)
def report_delivery() -> ResponseReturnValue:
    wanted = asked()
    table = building.delivery(wanted, _books(wanted))
    return _page(wanted, table, title="Delivery", endpoint="admin.report_delivery", desk_page="report-delivery")


@blueprint.get("/reports/carts")
@staff(*READING_BOOKS, shows_customers=False)
def report_carts() -> ResponseReturnValue:
    wanted = asked()
    table = building.carts(wanted, left_behind())
    return _page(
        wanted,
        table,
        title="Carts",
        endpoint="admin.report_carts",
        tiles=_conversion_tiles(wanted),
        desk_page="report-carts",
    )


@blueprint.get("/reports/stock")
@staff(*READING_BOOKS, shows_customers=False)
def report_stock() -> ResponseReturnValue:
    """As it is now: it has no period."""
    wanted = asked()
    table = building.stock(stock_value())
    return _page(wanted, table, title="Stock", endpoint="admin.report_stock", is_of_now=True, desk_page="report-stock")


@blueprint.get("/reports/agreement")
@staff(*READING_BOOKS, shows_customers=False)
def report_agreement() -> ResponseReturnValue:
    wanted = asked()
    return page_or_fragment(
        "admin/reports/agreement.html",
        "admin/reports/_agreement.html",
        status=422 if wanted.wrong else 200,
        asked=wanted,
        presets=presets(),
        books=agreement(wanted.period, wanted.currency),
        title="Do the books agree?",
        endpoint="admin.report_agreement",
        currencies=[],
        is_of_now=False,
        desk_page="report-agreement",
    )


@blueprint.get("/reports/<name>.csv")
@staff(*READING_BOOKS, shows_customers=False)
def report_file(name: str) -> ResponseReturnValue:
    """The whole table, also the rows that its page leaves out."""
    wanted = asked()
    table = _table(name, wanted)
    days = "" if name in {"stock", "carts"} else f"-{wanted.period.first}-{wanted.period.last}"
    lines = csv_lines([column.words for column in table.columns], table.plain())
    response = Response(lines, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{table.name}{days}.csv"'
    return response


def _table(name: str, wanted: Asked) -> Table:
    if name == "sales":
        return building.over_time(wanted, sales(wanted.period, wanted.grain, wanted.currency))
    if name == "best-sellers":
        return building.best_sellers(wanted, _books(wanted), limit=None)
    if name == "stock":
        return building.stock(stock_value(limit=None))
    if name == "carts":
        return building.carts(wanted, left_behind())
    of_books = {
        "tax": building.by_tax,
        "discounts": building.discounts,
        "given-back": building.refunds,
        "delivery": building.delivery,
    }
    build = of_books.get(name) or abort(404)
    return build(wanted, _books(wanted))


def _books(wanted: Asked) -> Books:
    return Books(wanted.period.first, wanted.period.last)


def _page(wanted: Asked, table: Table, **more: Any) -> Response:
    return page_or_fragment(
        "admin/reports/report.html",
        "admin/reports/_report.html",
        status=422 if wanted.wrong else 200,
        **{"currencies": [], "is_of_now": False, "tiles": [], "drawing": "", **more},
        asked=wanted,
        presets=presets(),
        table=table,
        file=wanted.link("admin.report_file", name=table.name, by=wanted.grain.value),
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


def _conversion_tiles(wanted: Asked) -> list[Tile]:
    now, then = conversion(wanted.period), conversion(wanted.period.before)
    counts = (
        ("Carts begun", now.carts, then.carts),
        ("Checkouts begun", now.checkouts, then.checkouts),
        ("Orders placed", now.orders, then.orders),
    )
    return [
        Tile(
            words,
            f"{count:,}",
            f"{before:,}",
            changed(count, before),
            explain=explaining.CONVERSION,
            of_first=now.share(count) if number and now.carts else None,
        )
        for number, (words, count, before) in enumerate(counts)
    ]
