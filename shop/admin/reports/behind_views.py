"""What is behind a figure: orders, days of carts, a shelf. No customer stands here: who may open an order sees them
there, with a reason."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ... import clock
from ...access_rules import staff
from ...reports.behind import Place, Side, Wanted, orders_behind
from ...reports.left_behind import left_days
from ...reports.queries import Books
from ...reports.standing_stock import shelf
from ...reports.sums import Key, Kind
from ...web import number_in
from ..blueprint import blueprint
from ..roles import PACKING, READING_BOOKS
from . import of_now
from .asking import NAME_AT_MOST, asked
from .wording import words_for


@blueprint.get("/reports/orders")
@staff(*READING_BOOKS, shows_customers=False)
def report_orders() -> ResponseReturnValue:
    period = asked().period
    wanted = Wanted(period, _key(), _side())
    books, before = Books(period.first, period.last), _place()
    return render_template(
        "admin/reports/orders.html",
        wanted=wanted,
        page=orders_behind(wanted, books, before=before),
        whole=books.figure(wanted.key),
        words=words_for(wanted.key),
        may_open=_may_open(),
        older=_older,
        is_first=before is None,
        missing=len(books.missing),
        now=clock.now(),
        desk_page="reports",
    )


def _key() -> Key:
    kind = request.args.get("figure", "")
    if kind not in set(Kind):
        abort(404)
    name, place = (request.args.get(part, "")[:NAME_AT_MOST].replace("\0", "") for part in ("name", "place"))
    return Key(asked().currency, Kind(kind), name, place, number_in(request.args.get("rate")) or 0)


def _side() -> Side:
    given = request.args.get("side", "")
    return Side(given) if given in set(Side) else Side.SOLD


def _older(place: Place) -> str:
    """The address of the page that goes on from there."""
    before = f"{place.day}_{place.order_id}_{int(place.is_back)}"
    given: dict[str, Any] = {**request.args.to_dict(), "before": before}
    return url_for("admin.report_orders", **given)


def _place() -> Place | None:
    day, _, rest = request.args.get("before", "").partition("_")
    order_id, _, is_back = rest.partition("_")
    number = number_in(order_id)
    try:
        return None if number is None else Place(date.fromisoformat(day), number, is_back == "1")
    except ValueError:
        return None


def _may_open() -> bool:
    return current_user.person.role in PACKING


@blueprint.get("/reports/carts/left")
@staff(*READING_BOOKS, shows_customers=False)
def report_left() -> ResponseReturnValue:
    """With ?goods= those that hold these goods."""
    days = left_days(number_in(request.args.get("goods")))
    return _small_page(of_now.left_by_day(days), title="Carts left behind", above=("Carts", "admin.report_carts"))


@blueprint.get("/reports/stock/<id:product_id>")
@staff(*READING_BOOKS, shows_customers=False)
def report_shelf(product_id: int) -> ResponseReturnValue:
    found = shelf(product_id) or abort(404)
    table = of_now.variants(found, with_ledger=_may_open())
    return _small_page(table, title=found.name, above=("Stock", "admin.report_stock"))


def _small_page(table: Any, *, title: str, above: tuple[str, str]) -> str:
    words, endpoint = above
    return render_template(
        "admin/reports/small.html",
        table=table,
        title=title,
        above=(words, url_for(endpoint)),
        now=clock.now(),
        desk_page=endpoint.rpartition(".")[2].replace("_", "-"),
    )
