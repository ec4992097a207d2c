"""One order: its page, and the steps it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, abort, flash, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf import FlaskForm

from ...access_rules import staff
from ...orders.cancelling import Reason
from ...orders.carriers import PICK_UP
from ...orders.models import Order, OrderState
from ...orders.queries import order_file, order_with, refunds_of
from ...orders.services.access import order_key
from ...orders.services.fulfilment import NotNow, cancel_order, pack_order, ship_order
from ...orders.services.refunds import RefundTooLarge, try_refund_again
from ...orders.services.timeline import sentence
from ...orders.services.unlocking import locked_invoice
from ...orders.states import money_pill, step_pill
from ...outbox.models import Mail
from ...outbox.queries import mails_about
from ...vault import preload
from ...web import changed, is_htmx, page_or_fragment
from ..blueprint import blueprint
from ..forms import TOO_OLD, StepForm
from ..looking import ask_reason
from ..roles import OWNING, PACKING, PRIVACY
from .forms import CancelForm, ShipForm
from .history import mail_note, staff_steps


@dataclass(frozen=True)
class Forms:
    """The forms of an order's page, one of them perhaps with what was typed wrong."""

    ship: FlaskForm
    cancel: FlaskForm


@blueprint.get("/orders/<number>")
@staff(*PACKING)
def order(number: str) -> ResponseReturnValue:
    found = _order_or_404(number)
    return _why(found) or _order_page(found)


@blueprint.post("/orders/<number>/pack")
@staff(*PACKING)
def pack(number: str) -> ResponseReturnValue:
    found = _order_or_404(number)
    if answer := _why(found):
        return answer
    if not StepForm().validate():
        return _order_page(found, problem=TOO_OLD)
    try:
        is_new = pack_order(order=found, staff_id=current_user.person.id)
    except NotNow as error:
        return _order_page(found, problem=str(error))
    return _done(found, "Packed." if is_new else "It was packed already.")


@blueprint.post("/orders/<number>/ship")
@staff(*PACKING)
def ship(number: str) -> ResponseReturnValue:
    found, form = _order_or_404(number), ShipForm()
    if answer := _why(found):
        return answer
    if not form.validate():
        return _order_page(found, ship=form)
    try:
        is_new = ship_order(
            order=found, carrier=form.carrier.data, tracking=form.tracking.data, staff_id=current_user.person.id
        )
    except NotNow as error:
        return _order_page(found, problem=str(error))
    return _done(found, "Sent. The customer gets a mail with the tracking link." if is_new else "It was sent already.")


@blueprint.post("/orders/<number>/ready")
@staff(*PACKING)
def ready(number: str) -> ResponseReturnValue:
    """For an order that is collected: what shipping is for the others."""
    found = _order_or_404(number)
    if answer := _why(found):
        return answer
    if not StepForm().validate():
        return _order_page(found, problem=TOO_OLD)
    try:
        is_new = ship_order(order=found, carrier=PICK_UP, tracking="", staff_id=current_user.person.id)
    except NotNow as error:
        return _order_page(found, problem=str(error))
    return _done(found, "The customer gets a mail that it can be collected." if is_new else "That was said already.")


@blueprint.post("/orders/<number>/cancel")
@staff(*OWNING)
def cancel(number: str) -> ResponseReturnValue:
    found, form = _order_or_404(number), CancelForm()
    if answer := _why(found):
        return answer
    if not form.validate():
        return _order_page(found, cancel=form)
    try:
        is_new = cancel_order(order=found, reason=Reason(form.reason.data), staff_id=current_user.person.id)
    except NotNow as error:
        return _order_page(found, problem=str(error))
    return _done(found, "Cancelled. The money goes back in full." if is_new else "It was cancelled already.")


@blueprint.post("/orders/<number>/refunds/<id:refund_id>/again")
@staff(*OWNING)
def refund_again(number: str, refund_id: int) -> ResponseReturnValue:
    found = _order_or_404(number)
    if answer := _why(found):
        return answer
    refund = next((each for each in refunds_of(found) if each.id == refund_id), None) or abort(404)
    if not StepForm().validate():
        return _order_page(found, problem=TOO_OLD)
    try:
        is_new = try_refund_again(refund=refund, staff_id=current_user.person.id)
    except RefundTooLarge:
        return _order_page(found, problem="More would go back than was paid: other refunds are done or on their way.")
    return _done(found, "The refund is asked for once more." if is_new else "It was asked for again already.")


def _order_or_404(number: str) -> Order:
    return order_with(number) or abort(404)


def _why(order: Order) -> ResponseReturnValue | None:
    """The question why it is opened, where that was not said today; a deactivated one shows nobody's data."""
    if order.deactivated_at:
        return None
    page = url_for("admin.order", number=order.number)
    return ask_reason(about=("order", order.id), customer_id=order.customer_id, page=page)


def _order_page(
    order: Order, *, ship: FlaskForm | None = None, cancel: FlaskForm | None = None, problem: str = ""
) -> Response:
    """The page, as a 422 when a form or a step was refused."""
    return page_or_fragment(
        "admin/orders/order.html",
        "admin/orders/_order.html",
        status=422 if ship or cancel or problem else 200,
        **_shown(order),
        forms=Forms(ship or ShipForm(), cancel or CancelForm()),
        problem=problem,
    )


def _done(order: Order, said: str) -> ResponseReturnValue:
    if not is_htmx():
        flash(said)
    forms = Forms(ShipForm(formdata=None), CancelForm(formdata=None))
    location = url_for("admin.order", number=order.number)
    return changed(
        "admin/orders/_order_changed.html", location=location, **_shown(order), forms=forms, said=said, problem=""
    )


def _shown(order: Order) -> dict[str, Any]:
    file = order_file(Order.get_by_id(order.id))
    mails = list(mails_about("order", order.id).select_extend(Mail.text))
    preload(mail.subject for mail in mails)
    is_owner = current_user.person.role in OWNING
    return {
        "file": file,
        "order": file.order,
        "mails": mails,
        "mail_note": mail_note,
        "steps": staff_steps(file, mails),
        "money": money_pill(file.order, file.payments, file.refunds),
        "step": step_pill(file.order),
        "sentence": sentence,
        "key": order_key(file.order),
        "may_cancel": is_owner and file.order.state in (OrderState.PLACED, OrderState.PACKED),
        "may_refund": is_owner,
        "may_unlock": current_user.person.role in PRIVACY,
        "locked": locked_invoice(file.order),
        "desk_page": "orders",
    }
