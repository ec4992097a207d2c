"""How an order that staff took is paid for: by its customer behind a mailed link, or with a saved card, as agreed."""

from __future__ import annotations

from flask import abort, flash, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...cart.services import UnknownLine
from ...checkout.models import CheckoutDraft
from ...checkout.paying import pay_for
from ...checkout.taking.queries import draft_taken
from ...checkout.taking.services import (
    BeingPaid,
    NotReady,
    discard_order,
    mail_link,
    note_agreement,
    withdraw_link,
)
from ...orders.models import Order, OrderState
from ...orders.services.errors import CartIsGone
from ...orders.services.purchase import Means
from ...signing_in import go_to
from ...templating import moment
from ..blueprint import blueprint
from ..roles import PACKING
from .forms import ChargeForm
from .opening import changeable, gone, here, of_draft
from .showing import at_desk, cards_to_charge, checkout_of, show

NOT_NOW = ("Being paid", "The bank is being asked about it at this moment. Look again in a minute.")
NOT_READY = "Not yet"
UNKNOWN = "The bank’s answer did not arrive. We ask until we know."


@blueprint.post("/orders/new/<id:draft_id>/link")
@staff(*PACKING)
@of_draft
def mail_pay_link(draft: CheckoutDraft) -> ResponseReturnValue:
    """Mailed again, the link before it works no more."""
    try:
        ends_at = mail_link(draft=draft, staff_id=current_user.person.id)
    except NotReady as error:
        return show(draft, "side", status=422, problem=(NOT_READY, str(error)))
    except BeingPaid:
        return show(draft, "side", status=409, problem=NOT_NOW)
    flash(f"The link is on its way. It works until {moment(ends_at)}.")
    return go_to(here(draft))


@blueprint.post("/orders/new/<id:draft_id>/link/withdrawal")
@staff(*PACKING)
@of_draft
def withdraw_pay_link(draft: CheckoutDraft) -> ResponseReturnValue:
    try:
        is_new = withdraw_link(draft=draft, staff_id=current_user.person.id)
    except BeingPaid:
        return show(draft, "side", status=409, problem=NOT_NOW)
    flash("The link leads nowhere any more. The order can be changed." if is_new else "There was no link any more.")
    return go_to(here(draft))


@blueprint.post("/orders/new/<id:draft_id>/removal")
@staff(*PACKING)
@of_draft
def discard_taken_order(draft: CheckoutDraft) -> ResponseReturnValue:
    try:
        discard_order(draft=draft, staff_id=current_user.person.id)
    except BeingPaid:
        return show(draft, "side", status=409, problem=NOT_NOW)
    flash("Thrown away, with all that was typed.")
    return go_to(url_for("admin.new_order"))


@blueprint.post("/orders/new/<id:draft_id>/charge")
@staff(*PACKING)
def charge_saved_card(draft_id: int) -> ResponseReturnValue:
    """Sent again once the order is there, it leads to the order."""
    if draft_taken(draft_id) is not None:
        return _charge(draft_id=draft_id)
    form = ChargeForm()
    order = Order.get_or_none(Order.idem == form.idem.data, Order.taken_by.is_null(False)) if form.validate() else None
    return _to_order(order) if order is not None else abort(404)


@changeable
def _charge(draft: CheckoutDraft) -> ResponseReturnValue:
    form, checkout = ChargeForm(), checkout_of(draft)
    if not form.validate():
        return show(draft, "side", status=422, charge_form=form)
    if form.card.data not in {card.id for card in cards_to_charge(draft)}:
        form.card.errors = ["That card is not there any more. Choose another, or mail a link."]
        return show(draft, "side", status=422, charge_form=form)
    seen = form.seen_total.data or 0
    if form.idem.data == checkout.idem:
        note_agreement(draft=draft, card_id=form.card.data, cents=seen, staff_id=current_user.person.id)
    means = Means(card_id=form.card.data, attempt=form.attempt.data)
    try:
        outcome = pay_for(checkout=checkout, idem=form.idem.data, seen_total_cents=seen, means=means)
    except (CartIsGone, UnknownLine):
        return gone()
    if isinstance(outcome, Order):
        return _to_order(outcome)
    return show(CheckoutDraft.get_by_id(draft.id), "side", status=outcome.status, problem=at_desk(outcome))


def _to_order(order: Order) -> ResponseReturnValue:
    flash(UNKNOWN if order.state == OrderState.PENDING else "Placed. The customer gets a mail.")
    return go_to(url_for("admin.order", number=order.number))
