"""Changing what was ordered: worked out first, every figure before and after, and done then."""

from __future__ import annotations

from flask import Response, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...catalogue.sold import sold_goods
from ...money import money
from ...orders.editing.changing import FiguresChanged, Settling, change_order, why_not_editable
from ...orders.editing.ending import withdraw_change
from ...orders.editing.planning import NotEditable, Plan
from ...orders.editing.queries import edit_made_for, open_edit
from ...orders.models import EditState, EditWay, Order, OrderEdit, Payment
from ...orders.services.errors import GatewayDown
from ...orders.services.revisions import ChangedMeanwhile
from ...payments.reasons import OURS
from ...signing_in import go_to
from ...templating import moment
from ...web import page_or_fragment
from ..blueprint import blueprint
from ..roles import OWNING
from .edit_forms import EditForm, edit_form
from .gate import of_order, seen
from .order_page import done

GATEWAY_DOWN = "The payment gateway does not answer just now, so the card was not charged. Try again in some minutes."
FOUND_AT_MOST = 12


@blueprint.get("/orders/<number>/edit")
@staff(*OWNING)
@of_order
def edit_order(found: Order) -> ResponseReturnValue:
    return _page(edit_form(found))


@blueprint.post("/orders/<number>/edit/preview")
@staff(*OWNING)
@of_order
def preview_edit(found: Order) -> ResponseReturnValue:
    """What it would come to, and what can be added to it; nothing is done."""
    form = edit_form(found)
    return _page(form, status=200 if form.validate() else 422)


@blueprint.post("/orders/<number>/edit")
@staff(*OWNING)
@of_order
def make_edit(found: Order) -> ResponseReturnValue:
    before = _made_already(found)
    if before is not None:
        return _answer(found, before, is_new=False)
    revision, form = seen(), edit_form(found)
    if revision is None or revision != found.revision:
        return _refused(form, status=409, problem=str(ChangedMeanwhile()))
    if not form.validate():
        return _refused(form)
    plan = form.plan()
    settling = form.settling(plan.difference_cents) if plan is not None else None
    if plan is None or settling is None:
        return _refused(form, plan=plan)
    return _make(found, form, revision, settling)


def _made_already(order: Order) -> OrderEdit | None:
    """The change that this very form has made."""
    revision = seen()
    return None if revision is None else edit_made_for(order, revision, request.form.get("digest", ""))


def _refused(form: EditForm, *, status: int = 422, plan: Plan | None = None, problem: str = "") -> ResponseReturnValue:
    """The form again, unless another click on it was carried out while this one was looked at."""
    before = _made_already(form.order)
    if before is not None:
        return _answer(form.order, before, is_new=False)
    return _page(form, status=status, plan=plan, problem=problem)


def _make(order: Order, form: EditForm, revision: int, settling: Settling) -> ResponseReturnValue:
    try:
        edit, is_new = change_order(
            order=order,
            change=form.change,
            settling=settling,
            digest=form.digest.data or "",
            seen=revision,
            staff_id=current_user.person.id,
        )
    except (ChangedMeanwhile, FiguresChanged) as error:
        return _page(edit_form(order), status=409, problem=str(error))
    except NotEditable as error:
        return _page(edit_form(order), status=422, problem=str(error))
    except GatewayDown:
        return _page(edit_form(order), status=503, problem=GATEWAY_DOWN)
    return _answer(order, edit, is_new=is_new)


def _answer(order: Order, edit: OrderEdit, *, is_new: bool) -> ResponseReturnValue:
    if edit.state == EditState.FAILED:
        return _page(edit_form(order), status=422, problem=f"The card was not charged. {_why(edit)}")
    flash(_said(edit) if is_new else "That was done already: it is done once.")
    return go_to(url_for("admin.order", number=order.number))


def _why(edit: OrderEdit) -> str:
    reason = Payment.select(Payment.reason).where(Payment.edit == edit.id).scalar()
    return str(reason or OURS)


def _said(edit: OrderEdit) -> str:
    amount = money(abs(edit.difference_cents), edit.order.currency)
    if edit.state == EditState.PAYING:
        return "The bank has not answered yet. The order is changed as soon as it has charged the card."
    match edit.way:
        case EditWay.ASK:
            return f"The customer is asked by mail, and has until {moment(edit.expires_at)}."
        case EditWay.CARD:
            return f"Changed. {amount} was charged to the saved card, and the customer is told by mail."
        case EditWay.BACK:
            return f"Changed. {amount} goes back to the customer."
        case _:
            return "Changed. Nothing is due."


@blueprint.post("/orders/<number>/edit/withdraw")
@staff(*OWNING)
@of_order
def withdraw_edit(found: Order) -> ResponseReturnValue:
    """The customer is asked no longer."""
    edit = open_edit(found)
    is_withdrawn = edit is not None and withdraw_change(edit=edit, staff_id=current_user.person.id)
    return done(
        found, "Taken back. The customer gets a mail." if is_withdrawn else "It is over already, or being paid."
    )


def _page(form: EditForm, *, status: int = 200, plan: Plan | None = None, problem: str = "") -> Response:
    order = Order.get_by_id(form.order.id)
    if plan is None and not form.errors:
        plan = form.plan()
        status = 422 if plan is None and status == 200 and request.method == "POST" else status
    return page_or_fragment(
        "admin/orders/edit.html",
        "admin/orders/_edit.html",
        status=status,
        order=order,
        form=form,
        plan=plan,
        problem=problem,
        refusal=why_not_editable(order),
        found_goods=sold_goods(form.q.data or "", most=FOUND_AT_MOST),
        desk_page="orders",
    )
