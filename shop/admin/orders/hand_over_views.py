"""Handing orders over to a carrier or a maker: who, which orders, and a file of exactly what they may have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ... import clock
from ...access_rules import staff
from ...days import day_of
from ...disclosures.allowed import field_words
from ...disclosures.models import AgainReason, RegisteredRecipient
from ...disclosures.services import NoAgreement
from ...orders.handing import SHAPES, candidates, recipients_of_files
from ...orders.in_work import MOST_AT_ONCE, work_with
from ...orders.services.handing_over import GivenBefore, HandedOver, hand_over
from ...orders.services.working import NotNeeded
from ..blueprint import blueprint
from ..csv_answers import csv_answer
from ..roles import PACKING
from .chosen import chosen_numbers
from .hand_over_forms import HandOverForm


@blueprint.get("/orders/hand-over")
@staff(*PACKING)
def hand_over_orders() -> ResponseReturnValue:
    to = _recipient(request.args.get("to", "")) if request.args.get("to") else None
    return _page(to, HandOverForm(formdata=None))


@blueprint.post("/orders/hand-over")
@staff(*PACKING)
def give_orders() -> ResponseReturnValue:
    """The file, sent as it is written. What was given stands in the books before its first line leaves."""
    form = HandOverForm()
    to = _recipient(form.to.data or "")
    works = work_with(chosen_numbers())
    if not form.validate():
        return _page(to, form)
    if not works:
        return _page(to, form, ["Choose at least one order."])
    try:
        given = hand_over(
            kind=to.recipient,
            code=to.code,
            order_ids=[work.order.id for work in works],
            staff_id=current_user.person.id,
            again=AgainReason(form.again.data) if form.again.data else None,
        )
    except NoAgreement as error:
        return _page(to, form, [str(error)])
    except NotNeeded as error:
        return _page(
            to, form, ["Nothing was handed over.", *(f"{number} {why}." for number, why in error.reasons.items())]
        )
    except GivenBefore as error:
        form.again.errors = [f"{to.name} was given {', '.join(error.numbers)} already: choose why again."]
        return _page(to, form, chosen=chosen_numbers())
    return _file(given, is_for_excel=form.excel.data)


def _file(given: HandedOver, *, is_for_excel: bool) -> Response:
    rows = ([row[name] for name in given.columns] for row in given.rows)
    name = f"orders-{given.to.code}-{day_of(clock.now()).isoformat()}.csv"
    return csv_answer(name, given.columns, rows, is_for_excel=is_for_excel)


def _page(
    to: RegisteredRecipient | None,
    form: HandOverForm,
    problems: Sequence[str] = (),
    chosen: Sequence[str] | None = None,
) -> Response:
    """The page, as a 422 when something was refused."""
    found = candidates(to) if to is not None else []
    asked_for = set(chosen if chosen is not None else chosen_numbers())
    values: dict[str, Any] = {
        "recipients": recipients_of_files(),
        "to": to,
        "new": [each for each in found if each.before is None],
        "again": [each for each in found if each.before is not None],
        "chosen": asked_for,
        "columns": _columns(to) if to is not None else [],
        "form": form,
        "problems": problems,
        "most": MOST_AT_ONCE,
        "desk_page": "hand-over",
    }
    is_refused = bool(problems or form.errors)
    return make_response(render_template("admin/orders/hand_over.html", **values), 422 if is_refused else 200)


def _columns(to: RegisteredRecipient) -> list[tuple[str, str, str]]:
    """Of each column its name in the file, what it is, and how it is written."""
    return [(name, field_words(to.recipient, name), SHAPES.get(name, "")) for name in to.field_names]


def _recipient(code: str) -> RegisteredRecipient:
    """One that a file can be made for."""
    return next((row for row in recipients_of_files() if row.code == code), None) or abort(404)
