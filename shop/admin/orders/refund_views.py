"""Giving money back: a page of its own, which an order's page also shows within."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...money import money
from ...orders.models import Order
from ...orders.queries import order_file
from ...orders.refundable import RefundTooLarge
from ...orders.services.giving_back import give_back
from ...orders.services.revisions import ChangedMeanwhile, NotNow
from ...signing_in import go_to
from ...web import page_or_fragment
from ..blueprint import blueprint
from ..roles import OWNING
from .forms import in_task
from .gate import of_order, seen
from .refund_forms import RefundForm, refund_form

PAGE, REGION, SUM = "admin/orders/refund.html", "admin/orders/_refund.html", "admin/orders/_refund_sum.html"
TOO_LARGE = "More would go back than is left: other refunds are done or on their way."


@blueprint.get("/orders/<number>/refund")
@staff(*OWNING)
@of_order
def refund(found: Order) -> ResponseReturnValue:
    return _answer(found, REGION)


@blueprint.post("/orders/<number>/refund/sum")
@staff(*OWNING)
@of_order
def refund_sum(found: Order) -> ResponseReturnValue:
    """What would go back for what is chosen so far; nothing is done."""
    return _answer(found, SUM)


@blueprint.post("/orders/<number>/refund")
@staff(*OWNING)
@of_order
def make_refund(found: Order) -> ResponseReturnValue:
    form, revision = _form(found), seen()
    if not form.validate():
        return _answer(found, REGION, form, 422)
    if revision is None:
        return _answer(found, REGION, form, 409, problem=str(ChangedMeanwhile()))
    if not form.was_seen:
        return _answer(found, REGION, form, is_to_confirm=True)
    try:
        cents, is_new = give_back(order=found, wish=form.wish, seen=revision, staff_id=current_user.person.id)
    except ChangedMeanwhile as error:
        return _answer(found, REGION, form, 409, problem=str(error))
    except (NotNow, RefundTooLarge) as error:
        return _answer(found, REGION, form, 422, problem=str(error) if isinstance(error, NotNow) else TOO_LARGE)
    said = f"{money(cents, found.currency)} "
    flash(said + ("goes back to the customer." if is_new else "was asked for already: it goes back once."))
    return go_to(url_for("admin.order", number=found.number))


def _form(order: Order) -> RefundForm:
    return refund_form(order_file(order).refundable)


def _answer(order: Order, fragment: str, form: RefundForm | None = None, status: int = 200, **shown: Any) -> Response:
    present = Order.get_by_id(order.id)
    file = order_file(present)
    made = in_task(refund_form(file.refundable) if form is None else form)
    known: dict[str, Any] = {"problem": "", "is_to_confirm": False, **shown}
    return page_or_fragment(
        PAGE, fragment, status=status, order=present, file=file, form=made, left=made.left, desk_page="orders", **known
    )
