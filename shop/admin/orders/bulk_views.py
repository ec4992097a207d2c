"""Buttons of the order list that are for several orders at once, or for one of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from flask import abort, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...orders.carriers import OWN_ROUND
from ...orders.desk.bulk import AT_MOST, act_on
from ...orders.desk.models import BulkAction, BulkStep
from ...orders.desk.rows import rows_of
from ...orders.desk.state import ListState
from ...orders.desk.steps import Wanted
from ...orders.desk.undoing import NoSuchAction, TooLate, action_of, undo
from ...orders.models import Order
from ...web import is_htmx, see_other
from ..blueprint import blueprint
from ..csv_answers import csv_answer
from ..roles import OWNING, PACKING
from .bulk_words import COLUMNS, csv_rows, result_of
from .chosen import chosen_numbers
from .forms import CancelForm
from .list_views import link, list_shown

NONE_CHOSEN = "Select at least one order first."
# What somebody may press, besides the steps themselves, and the page that it leads to.
PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "slips": ("admin.print_preview", {"what": "packing-slip"}),
    "picks": ("admin.print_preview", {"what": "pick-list"}),
    "labels": ("admin.print_preview", {"what": "label"}),
    "route": ("admin.print_preview", {"what": "route-sheet"}),
    "invoices": ("admin.print_preview", {"what": "invoice"}),
    "csv": ("admin.orders_csv", {}),
    "cancel": ("admin.cancel_many", {}),
}
AT_ONCE = {BulkStep.PACK, BulkStep.SEND, BulkStep.DONE, BulkStep.RESEND, BulkStep.SEEN}


class Pressed(NamedTuple):
    """`does` is a step or a page; a row's own button brings its order and carrier along."""

    does: str
    numbers: Sequence[str]
    carrier: str


@blueprint.post("/orders/bulk")
@staff(*PACKING)
def bulk() -> ResponseReturnValue:
    state, pressed = _state(), _pressed()
    if not pressed.numbers:
        return _answer(state, problem=NONE_CHOSEN)
    if pressed.does in PAGES:
        endpoint, more = PAGES[pressed.does]
        return see_other(url_for(endpoint, numbers=",".join(pressed.numbers), **more))
    if pressed.does not in AT_ONCE:
        abort(404)
    wanted = Wanted(BulkStep(pressed.does), carrier=pressed.carrier)
    return _answer(state, act_on(numbers=pressed.numbers, wanted=wanted, staff_id=current_user.person.id))


@blueprint.post("/orders/bulk/<token>/undo")
@staff(*PACKING)
def undo_bulk(token: str) -> ResponseReturnValue:
    state, staff_id = _state(), current_user.person.id
    action = action_of(token=token, staff_id=staff_id) or abort(404)
    try:
        return _answer(state, undo(token=token, staff_id=staff_id))
    except NoSuchAction:
        abort(404)
    except TooLate:
        return _answer(state, action, problem="Half a minute is over: the mails are on their way. Nothing was undone.")


@blueprint.get("/orders/cancel")
@staff(*OWNING)
def cancel_many() -> ResponseReturnValue:
    return _cancel_page(CancelForm(formdata=None))


@blueprint.post("/orders/cancel")
@staff(*OWNING)
def cancel_chosen() -> ResponseReturnValue:
    """Money, stock and discounts go back for each, half a minute later. Why is asked on a page: the mail says it."""
    form = CancelForm()
    if not form.validate():
        return _cancel_page(form, 422)
    action = act_on(numbers=chosen_numbers()[:AT_MOST], wanted=form.wanted, staff_id=current_user.person.id)
    return see_other(url_for(".orders", did=action.token))


@blueprint.get("/orders/orders.csv")
@staff(*PACKING)
def orders_csv() -> ResponseReturnValue:
    """Figures of the chosen orders for a spreadsheet: no names, no addresses, and never e-mails."""
    return csv_answer("orders.csv", COLUMNS, csv_rows(rows_of(_chosen())), is_for_excel=True)


def _pressed() -> Pressed:
    one = request.form.get("one", "")
    if one:
        does, _, number = one.partition(":")
        is_out = does == "out"
        return Pressed(BulkStep.SEND if is_out else does, [number], OWN_ROUND if is_out else "")
    return Pressed(request.form.get("do", ""), request.form.getlist("order")[:AT_MOST], request.form.get("carrier", ""))


def _chosen() -> list[Order]:
    """In the order that they were chosen in."""
    numbers = chosen_numbers()[:AT_MOST]
    found = {order.number: order for order in Order.select().where(Order.number.in_(numbers))}
    return [found[number] for number in dict.fromkeys(numbers) if number in found]


def _state() -> ListState:
    """The list as it stood when the button was pressed."""
    return ListState.read(dict(parse_qsl(request.form.get("back", ""))))


def _answer(state: ListState, action: BulkAction | None = None, *, problem: str = "") -> ResponseReturnValue:
    """What became of it, above the list: at once for htmx, on the page that is gone back to for a plain browser."""
    if not is_htmx() and not problem and action is not None:
        return see_other(link(state, page=state.page, did=action.token))
    shown = {**list_shown(state), "result": result_of(action) if action else None, "problem": problem}
    template = "admin/orders/_list.html" if is_htmx() else "admin/orders/list.html"
    response = make_response(render_template(template, **shown), 422 if problem else 200)
    response.vary.add("HX-Request")
    return response


def _cancel_page(form: CancelForm, status: int = 200) -> ResponseReturnValue:
    orders = _chosen() or abort(404)
    page = render_template("admin/orders/cancel.html", rows=rows_of(orders), form=form, desk_page="orders")
    return page, status
