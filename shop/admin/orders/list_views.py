"""The list of orders."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...days import today
from ...orders.carriers import OWN_ROUND, Carrier, carriers_in_use
from ...orders.desk.counting import counts
from ...orders.desk.listing import orders_page, waits_longest_first
from ...orders.desk.rows import OrderRow, rows_of
from ...orders.desk.searching import Search
from ...orders.desk.state import ListState, Tab
from ...orders.desk.undoing import action_of, standing_of
from ...orders.queries import order_file, order_with
from ...vault import name_words
from ...web import page_or_fragment
from .. import services
from ..blueprint import blueprint
from ..forms import StepForm
from ..roles import OWNING, PACKING
from .bulk_words import result_of
from .chips import NOTHING, chips, choices, day_words
from .kept import kept_by

# What a search is written down for: whoever looks for a product looks for nobody.
FOR_PEOPLE = {"number", "email", "phone", "name"}


@blueprint.get("/orders")
@staff(*PACKING)
def orders() -> ResponseReturnValue:
    state = ListState.read(request.args)
    shown: dict[str, Any] = {"select_all": "all" in request.args}
    staff_id = current_user.person.id
    if did := action_of(token=request.args.get("did", ""), staff_id=staff_id):
        shown["result"] = result_of(did)
    elif stands := standing_of(staff_id=staff_id):
        shown |= {"result": result_of(stands), "is_recalled": True}
    return page_or_fragment("admin/orders/list.html", "admin/orders/_list.html", **(list_shown(state) | shown))


@blueprint.get("/orders/<number>/glance")
@staff(*PACKING)
def glance(number: str) -> ResponseReturnValue:
    """What is in an order, to be read in the list; nothing of its customer."""
    found = order_with(number) or abort(404)
    return render_template("admin/orders/_glance.html", file=order_file(found), row=rows_of([found])[0])


def list_shown(state: ListState) -> dict[str, Any]:
    """What the list shows for a state; looking for somebody is written down."""
    page, search = orders_page(state)
    rows, offered, held = rows_of(page.rows), choices(state), counts()
    if search is not None and search.by in FOR_PEOPLE:
        found = [row.order for row in rows if _is_found(search, row)]
        services.note_search(staff_id=current_user.person.id, by=search.by, found=found)
    return {
        "state": state,
        "rows": rows,
        "pages": page,
        "tabs": held.tabs,
        "days": [(found.day, day_words(found.day, today()), found.count) for found in held.days],
        "late_count": held.late,
        "chips": chips(state, offered),
        "offered": offered,
        "waits_longest_first": waits_longest_first(state),
        "link": link,
        "back": urlencode(state.query()),
        "form": StepForm(formdata=None),
        "kept": kept_by(current_user.person.id),
        "carriers": _carriers(),
        "nothing": NOTHING,
        "Tab": Tab,
        "is_owner": current_user.person.role in OWNING,
        "desk_page": "orders",
    }


def _carriers() -> list[Carrier]:
    """Those that parcels without a number of their own can go with, the shop's own round first."""
    plain = [carrier for carrier in carriers_in_use() if not carrier.needs_tracking]
    return sorted(plain, key=lambda carrier: carrier.code != OWN_ROUND)


def _is_found(search: Search, row: OrderRow) -> bool:
    """By a name only those whose name it is: others were found by what they bought."""
    return search.by != "name" or name_words(search.text) <= name_words(row.name)


def link(state: ListState, *, did: str = "", **changes: Any) -> str:
    """The list's address with all its state, from its beginning unless `page` says otherwise; `did` is the token of
    what was just done to some of its orders."""
    query = urlencode(state.changed(**changes).query() | ({"did": did} if did else {}))
    return url_for("admin.orders") + (f"?{query}" if query else "")
