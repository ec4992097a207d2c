"""Printing: what would be printed is looked at, confirmed with one button, and then shown for the printer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Response, abort, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...config import settings
from ...orders.in_work import MOST_AT_ONCE, TO_PACK, Work, pick_list, waiting, work_with
from ...orders.prints import PRINTABLES, Printable, days_of, offered, sheets_of
from ...orders.services.printing import print_orders
from ...orders.services.working import NotNeeded
from ...paper.models import Document
from ...paper.services import NotRegistered
from ...web import see_other
from ..blueprint import blueprint
from ..roles import PACKING
from .chosen import chosen_numbers
from .labels import A_SHEET, fit_of, places_of
from .print_forms import LABEL_SIZES, PrintForm

PICK_LIST = "pick-list"


@blueprint.get("/orders/print")
@staff(*PACKING)
def printing() -> ResponseReturnValue:
    """What can be printed, and for how many orders."""
    to_pack = waiting(TO_PACK)
    kinds = [(printable, len(offered(printable))) for printable in PRINTABLES.values()]
    return render_template(
        "admin/print/overview.html", kinds=kinds, to_pack=len(to_pack), most=MOST_AT_ONCE, desk_page="printing"
    )


@blueprint.post("/orders/print")
@staff(*PACKING)
def choose_print() -> ResponseReturnValue:
    """What a list of orders sends: `what` is to be printed, of these `numbers`. Nothing is written yet."""
    what, numbers = request.form.get("what", ""), chosen_numbers()
    if what not in {*PRINTABLES, PICK_LIST}:
        abort(404)
    return see_other(url_for(".print_preview", what=what, numbers=",".join(numbers) or None))


@blueprint.get("/orders/print/<what>")
@staff(*PACKING)
def print_preview(what: str) -> ResponseReturnValue:
    """The orders and where the paper will lie. A pick list names nobody, and is shown at once."""
    if what == PICK_LIST:
        return _pick_list()
    return _preview(_printable_or_404(what), PrintForm(formdata=None))


@blueprint.post("/orders/print/<what>")
@staff(*PACKING)
def print_now(what: str) -> ResponseReturnValue:
    printable, form = _printable_or_404(what), PrintForm()
    works = work_with(chosen_numbers())
    if not works:
        return _preview(printable, form, works, problems=["Choose at least one order."])
    if not form.validate():
        return _preview(printable, form, works)
    try:
        batch = print_orders(
            printable=printable,
            order_ids=[work.order.id for work in works],
            location=form.location.data,
            destroy_by=form.destroy_by_moment,
            staff_id=current_user.person.id,
        )
    except NotNeeded as error:
        problems = [f"{number} {reason}." for number, reason in error.reasons.items()]
        return _preview(printable, form, works, problems=["Nothing was printed.", *problems])
    except NotRegistered as error:
        return _preview(printable, form, works, problems=[str(error)])
    is_label = printable.document == Document.LABEL
    size, first = (form.size.data, form.first.data) if is_label else (None, None)
    return see_other(url_for(".print_sheets", batch=batch, size=size, first=first))


@blueprint.get("/orders/print/sheets/<batch>")
@staff(*PACKING)
def print_sheets(batch: str) -> ResponseReturnValue:
    """What was just printed, for whoever printed it, for an hour."""
    sheets = sheets_of(batch, staff_id=current_user.person.id)
    if sheets is None:
        return make_response(render_template("admin/print/over.html", desk_page="printing"), 410)
    size = request.args.get("size", "")
    return render_template(
        f"admin/print/{sheets.printable.document.value}.html",
        sheets=sheets,
        works=sheets.works,
        size=size if size in LABEL_SIZES else settings().label_sheet,
        places=places_of(sheets.works, first=_first_label()),
        fit_of=fit_of,
        a_sheet=A_SHEET,
        desk_page="printing",
    )


def _first_label() -> int:
    first = request.args.get("first", default=1, type=int)
    return first if 1 <= first <= A_SHEET else 1


def _pick_list() -> ResponseReturnValue:
    chosen = work_with(chosen_numbers()) if chosen_numbers() else waiting(TO_PACK)
    works = [work for work in chosen if not work.refusal]
    return render_template(
        "admin/print/pick-list.html",
        works=works,
        picks=pick_list(works),
        left_out=[work for work in chosen if work.refusal],
        desk_page="printing",
    )


def _preview(
    printable: Printable, form: PrintForm, works: Sequence[Work] | None = None, problems: Sequence[str] = ()
) -> Response:
    """The page before printing, as a 422 when it was refused."""
    is_refused = works is not None
    chosen = works if works is not None else work_with(chosen_numbers())
    days: list[date] = []
    day: date | None = None
    if not is_refused and not chosen_numbers():
        chosen = offered(printable)
        if printable.document == Document.ROUTE_SHEET:
            days, day, chosen = _of_a_day(chosen)
    refusals = {work.order.id: printable.refusal(work) for work in chosen}
    values: dict[str, Any] = {
        "printable": printable,
        "works": [work for work in chosen if not refusals[work.order.id]],
        "left_out": [(work, refusals[work.order.id]) for work in chosen if refusals[work.order.id]],
        "form": form,
        "problems": problems,
        "days": days,
        "day": day,
        "is_label": printable.document == Document.LABEL,
        "sizes": [(code, words, "", "") for code, words in LABEL_SIZES.items()],
        "desk_page": "printing",
    }
    return make_response(render_template("admin/print/preview.html", **values), 422 if is_refused else 200)


def _of_a_day(works: Sequence[Work]) -> tuple[list[date], date | None, list[Work]]:
    """All days that a round is promised for, the one that was asked for or else the first, and what goes on it."""
    days = days_of(works)
    wanted = request.args.get("day", "")
    day = next((each for each in days if each.isoformat() == wanted), days[0] if days else None)
    return days, day, [work for work in works if work.order.deliver_on in (day, None)]


def _printable_or_404(what: str) -> Printable:
    return PRINTABLES.get(what) or abort(404)
