"""The question "Why do you open this?", once a day for each customer."""

from __future__ import annotations

from typing import NamedTuple

from flask import Response, abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ... import signing_in
from ...access_rules import staff
from ...customers.models import Customer
from ...orders.models import Order
from ...privacy.cases.models import Case
from ...privacy.look_reasons import USUAL
from ...web import page_or_fragment
from ..blueprint import blueprint
from ..looks import About, give_reason
from ..roles import OPENING
from ..signed_in import own_path
from .forms import OTHER, ReasonForm


class Asked(NamedTuple):
    """What is to be opened: its words name nobody."""

    about: About
    words: str
    customer_id: int | None
    desk_page: str


@blueprint.get("/reason/<kind>/<id:row_id>")
@staff(*OPENING)
def ask_why(kind: str, row_id: int) -> ResponseReturnValue:
    return _page(_asked_or_404(kind, row_id), ReasonForm(next=own_path(request.args.get("next", ""))))


@blueprint.post("/reason/<kind>/<id:row_id>")
@staff(*OPENING)
def say_why(kind: str, row_id: int) -> ResponseReturnValue:
    asked, form = _asked_or_404(kind, row_id), ReasonForm()
    if not form.validate():
        return _page(asked, form, 422)
    give_reason(staff_id=current_user.person.id, about=asked.about, customer_id=asked.customer_id, reason=form.chosen)
    return signing_in.go_to(own_path(form.next.data or "") or url_for("admin.home"))


def _asked_or_404(kind: str, row_id: int) -> Asked:
    return _asked(kind, row_id) or abort(404)


def _asked(kind: str, row_id: int) -> Asked | None:
    if kind == "order" and (order := Order.get_or_none(Order.id == row_id)):
        return Asked((kind, row_id), f"order {order.number}", order.customer_id, "orders")
    if kind == "case" and (case := Case.get_or_none(Case.id == row_id)):
        return Asked((kind, row_id), f"case {case.number}", None, "cases")
    if kind == "customer" and Customer.select().where(Customer.id == row_id).exists():
        return Asked((kind, row_id), "a customer’s page", row_id, "customers")
    return None


def _page(asked: Asked, form: ReasonForm, status: int = 200) -> Response:
    return page_or_fragment(
        "admin/access/reason.html",
        "admin/access/_reason.html",
        status=status,
        asked=asked,
        form=form,
        choices=[(each.value, each.desk_words) for each in USUAL],
        other=OTHER,
        desk_page=asked.desk_page,
    )
