"""The list of orders."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...orders.queries import order_page, tabs
from ...web import LARGEST_ID, page_or_fragment
from .. import services
from ..blueprint import blueprint
from ..roles import PACKING
from ..standing import standing

LONGEST_SEARCH = 254


@blueprint.get("/orders")
@staff(*PACKING)
def orders() -> ResponseReturnValue:
    tab, search = request.args.get("state", ""), _search()
    shown = order_page(tab=tab, search=search, before=_place("before"), after=_place("after"))
    if search:
        services.note_search(staff_id=current_user.person.id, search=search, found=[row.order for row in shown.rows])
    return page_or_fragment(
        "admin/orders/list.html",
        "admin/orders/_list.html",
        shown=shown,
        tabs=tabs(),
        tab="" if search else tab,
        search=search,
        link=_link,
        standing=standing(),
        desk_page="orders",
    )


def _search() -> str:
    typed = request.args.get("q", "")[:LONGEST_SEARCH]
    return "".join(letter for letter in typed if letter.isprintable()).strip()


def _place(name: str) -> int | None:
    """Where a page of the list begins; nonsense is the beginning."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and int(text) <= LARGEST_ID else None


def _link(**changes: object) -> str:
    """The list's address with all its state, a page's place aside."""
    state = {"state": request.args.get("state", ""), "q": _search(), **changes}
    query = urlencode({name: value for name, value in state.items() if value not in ("", None)})
    return url_for("admin.orders") + (f"?{query}" if query else "")
