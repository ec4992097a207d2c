"""One order: its page, and the steps it takes."""

from __future__ import annotations

from dataclasses import replace

from flask import abort
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...orders.carriers import PICK_UP
from ...orders.desk.bulk import act_on_one
from ...orders.desk.undoing import NotTakenBack, TooLate, stop_cancelling_one
from ...orders.models import Order
from ...orders.pieces.queries import pieces_of
from ...orders.queries import refunds_of
from ...orders.refundable import RefundTooLarge
from ...orders.services.finishing import finish_order, see_to
from ...orders.services.fulfilment import pack_order
from ...orders.services.parcels import ship_order
from ...orders.services.refunds import try_refund_again
from ...orders.services.revisions import NotNow
from ..blueprint import blueprint
from ..roles import OWNING, PACKING
from .forms import CancelForm, ship_form
from .gate import of_order, seen
from .order_page import done, moving_parts, order_page


@blueprint.get("/orders/<number>")
@staff(*PACKING)
@of_order
def order(found: Order) -> ResponseReturnValue:
    return order_page(found)


@blueprint.get("/orders/<number>/now")
@staff(*PACKING)
@of_order
def order_now(found: Order) -> ResponseReturnValue:
    """What changed by itself since the page was opened; the page asks as long as it is open."""
    return moving_parts(found)


@blueprint.post("/orders/<number>/pack")
@staff(*PACKING)
@of_order
def pack(found: Order) -> ResponseReturnValue:
    try:
        is_new = pack_order(order=found, staff_id=current_user.person.id, seen=seen())
    except NotNow as error:
        return order_page(found, error=error)
    return done(found, "Packed." if is_new else "It was packed already.")


@blueprint.post("/orders/<number>/ship")
@staff(*PACKING)
@of_order
def ship(found: Order) -> ResponseReturnValue:
    form = ship_form(pieces_of(found))
    if not form.validate():
        return order_page(found, ship=form)
    try:
        is_new = ship_order(
            order=found,
            carrier=form.carrier.data,
            tracking=form.tracking.data,
            staff_id=current_user.person.id,
            pieces=form.pieces or None,
            seen=seen(),
        )
    except NotNow as error:
        return order_page(found, error=error)
    return done(found, "Sent. The customer gets a mail with the tracking link." if is_new else "It was sent already.")


@blueprint.post("/orders/<number>/ready")
@staff(*PACKING)
@of_order
def ready(found: Order) -> ResponseReturnValue:
    """For an order that is collected: what shipping is for the others."""
    try:
        is_new = ship_order(order=found, carrier=PICK_UP, tracking="", staff_id=current_user.person.id, seen=seen())
    except NotNow as error:
        return order_page(found, error=error)
    return done(found, "The customer gets a mail that it can be collected." if is_new else "That was said already.")


@blueprint.post("/orders/<number>/done")
@staff(*PACKING)
@of_order
def finish(found: Order) -> ResponseReturnValue:
    """The customer has all of it."""
    try:
        is_new = finish_order(order=found, staff_id=current_user.person.id)
    except NotNow as error:
        return order_page(found, error=error)
    return done(found, "Done." if is_new else "It was done already.")


@blueprint.post("/orders/<number>/seen-to")
@staff(*PACKING)
@of_order
def seen_to(found: Order) -> ResponseReturnValue:
    """Somebody has looked into what the alarms say."""
    is_new = see_to(order=found, staff_id=current_user.person.id)
    return done(found, "Seen to." if is_new else "Nothing waits to be looked into.")


@blueprint.post("/orders/<number>/cancel")
@staff(*OWNING)
@of_order
def cancel(found: Order) -> ResponseReturnValue:
    """Nothing moves for half a minute, in which it can be taken back."""
    form = CancelForm()
    if not form.validate():
        return order_page(found, cancel=form)
    wanted = replace(form.wanted, seen=seen())
    try:
        is_new = act_on_one(order=found, wanted=wanted, staff_id=current_user.person.id)
    except NotNow as error:
        return order_page(found, error=error)
    return done(found, "It is being cancelled." if is_new else "It was cancelled already.")


@blueprint.post("/orders/<number>/cancel/undo")
@staff(*OWNING)
@of_order
def keep_order(found: Order) -> ResponseReturnValue:
    """For half a minute, by whoever cancelled it."""
    try:
        stop_cancelling_one(order=found, staff_id=current_user.person.id)
    except TooLate:
        return order_page(found, error="Half a minute is over: the order is being cancelled. Nothing was undone.")
    except NotTakenBack as error:
        return order_page(found, error=str(error))
    return done(found, "It stays as it was.")


@blueprint.post("/orders/<number>/refunds/<id:refund_id>/again")
@staff(*OWNING)
@of_order
def refund_again(found: Order, refund_id: int) -> ResponseReturnValue:
    refund = next((each for each in refunds_of(found) if each.id == refund_id), None) or abort(404)
    try:
        is_new = try_refund_again(refund=refund, staff_id=current_user.person.id)
    except RefundTooLarge:
        return order_page(found, error="More would go back than was paid: other refunds are done or on their way.")
    return done(found, "The refund is asked for once more." if is_new else "It was asked for again already.")
