"""An order's parcels once they left: a number corrected, an arrival, a return."""

from __future__ import annotations

from flask import Response, abort, flash, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...orders.carriers import PICK_UP
from ...orders.models import Order, Shipment
from ...orders.services.returning import parcel_returned
from ...orders.services.revisions import ChangedMeanwhile, NotNow
from ...orders.services.tracking import correct_parcel, mark_delivered
from ...signing_in import go_to
from ...web import page_or_fragment
from ..blueprint import blueprint
from ..roles import PACKING
from .forms import ParcelForm, in_task
from .gate import of_order, seen
from .order_page import done, order_page


@blueprint.get("/orders/<number>/parcels/<id:parcel_id>")
@staff(*PACKING)
@of_order
def parcel(found: Order, parcel_id: int) -> ResponseReturnValue:
    shipment = _sent_or_404(found, parcel_id)
    return _form_page(found, shipment, ParcelForm(data={"carrier": shipment.carrier, "tracking": shipment.tracking}))


@blueprint.post("/orders/<number>/parcels/<id:parcel_id>")
@staff(*PACKING)
@of_order
def change_parcel(found: Order, parcel_id: int) -> ResponseReturnValue:
    shipment, form = _sent_or_404(found, parcel_id), ParcelForm()
    if not form.validate():
        return _form_page(found, shipment, form, 422)
    try:
        is_new = correct_parcel(
            shipment=shipment,
            carrier=form.carrier.data,
            tracking=form.tracking.data,
            tell=bool(form.tell.data),
            staff_id=current_user.person.id,
            seen=seen(),
        )
    except ChangedMeanwhile as error:
        return _form_page(found, shipment, form, 409, str(error))
    flash("Corrected." if is_new else "It says so already.")
    return go_to(url_for("admin.order", number=found.number))


@blueprint.post("/orders/<number>/parcels/<id:parcel_id>/delivered")
@staff(*PACKING)
@of_order
def parcel_delivered(found: Order, parcel_id: int) -> ResponseReturnValue:
    shipment = _parcel_or_404(found, parcel_id)
    is_new = mark_delivered(shipment=shipment, staff_id=current_user.person.id)
    return done(found, "Noted." if is_new else "It was noted already.")


@blueprint.post("/orders/<number>/parcels/<id:parcel_id>/returned")
@staff(*PACKING)
@of_order
def parcel_came_back(found: Order, parcel_id: int) -> ResponseReturnValue:
    shipment = _sent_or_404(found, parcel_id)
    try:
        is_new = parcel_returned(shipment=shipment, staff_id=current_user.person.id)
    except NotNow as error:
        return order_page(found, error=error)
    return done(found, "Noted. The customer is asked about the address." if is_new else "It was noted already.")


def _parcel_or_404(order: Order, parcel_id: int) -> Shipment:
    found: Shipment | None = Shipment.get_or_none(Shipment.id == parcel_id, Shipment.order == order.id)
    return found or abort(404)


def _sent_or_404(order: Order, parcel_id: int) -> Shipment:
    """What is collected has neither a carrier nor a number."""
    found = _parcel_or_404(order, parcel_id)
    return found if found.carrier != PICK_UP else abort(404)


def _form_page(order: Order, shipment: Shipment, form: ParcelForm, status: int = 200, problem: str = "") -> Response:
    present = Order.get_by_id(order.id)
    return page_or_fragment(
        "admin/orders/parcel.html",
        "admin/orders/_parcel.html",
        status=status,
        order=present,
        shipment=shipment,
        form=in_task(form),
        problem=problem,
        desk_page="orders",
    )
