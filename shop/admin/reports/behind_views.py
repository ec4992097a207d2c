"""The orders behind a figure. No customer stands here: who may open an order sees them there, with a reason."""

from __future__ import annotations

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...reports.behind import Wanted, orders_behind
from ...reports.queries import Books
from ...reports.series import total
from ...reports.sums import Key, Kind, Sums
from ...web import LARGEST_ID
from ..blueprint import blueprint
from ..roles import PACKING, READING_BOOKS
from .asking import NAME_AT_MOST, asked
from .building import words_for


@blueprint.get("/reports/orders")
@staff(*READING_BOOKS, shows_customers=False)
def report_orders() -> ResponseReturnValue:
    period = asked().period
    wanted = Wanted(period, _key(), is_back=request.args.get("back") == "1")
    before = _number("before")
    return render_template(
        "admin/reports/orders.html",
        wanted=wanted,
        page=orders_behind(wanted, before=before),
        whole=_figure(wanted),
        words=words_for(wanted.key),
        may_open=current_user.person.role in PACKING,
        older=lambda order_id: url_for("admin.report_orders", **{**request.args.to_dict(), "before": order_id}),
        is_first=before is None,
        desk_page="reports",
    )


def _key() -> Key:
    kind = request.args.get("figure", "")
    if kind not in set(Kind):
        abort(404)
    name, place = (request.args.get(part, "")[:NAME_AT_MOST].replace("\0", "") for part in ("name", "place"))
    return Key(asked().currency, Kind(kind), name, "", place, _number("rate") or 0)


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 and int(text) <= LARGEST_ID else None


def _figure(wanted: Wanted) -> Sums:
    """The whole figure, as its report shows it."""
    books = Books(wanted.period.first, wanted.period.last).by_key(wanted.key.kind)
    return total(sums for key, sums in books.items() if wanted.holds(key))
