"""An order's delivery address, corrected as its customer said."""

from __future__ import annotations

from flask import Response, abort, flash, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from ...access_rules import staff
from ...addresses.asking import AddressFields, with_fields_of
from ...addresses.countries import all_countries
from ...addresses.fields import PARTS
from ...config import settings
from ...orders import personal_data as declared
from ...orders.models import Order, OrderContact
from ...orders.services.readdressing import OPEN, correct_address
from ...orders.services.revisions import ChangedMeanwhile, NotNow
from ...signing_in import go_to
from ...vault import WAYS_TO_TELL, Personal, Source
from ...web import page_or_fragment
from ..blueprint import blueprint
from ..roles import PACKING
from .forms import in_task
from .gate import of_order, seen


class AddressForm(AddressFields, FlaskForm):  # type: ignore[misc]
    """Without its address fields: `_form_of` adds those of the order's country, which stays the same."""

    told = RadioField(
        "How did the customer tell you?",
        [InputRequired("Choose one: it is kept with the address.")],
        choices=[SelectChoice(source.value, source.way.capitalize()) for source in WAYS_TO_TELL],
    )


@blueprint.get("/orders/<number>/address")
@staff(*PACKING)
@of_order
def order_address(found: Order) -> ResponseReturnValue:
    return _page(found, _form_of(_contact_or_404(found)))


@blueprint.post("/orders/<number>/address")
@staff(*PACKING)
@of_order
def change_order_address(found: Order) -> ResponseReturnValue:
    form = _form_of(_contact_or_404(found))
    if not form.validate():
        return _page(found, form, 422)
    try:
        is_new = correct_address(
            order=found,
            address=form.postal,
            source=Source(form.told.data),
            seen=seen(),
            staff_id=current_user.person.id,
        )
    except NotNow as error:
        return _page(found, form, 409 if isinstance(error, ChangedMeanwhile) else 422, str(error))
    flash("Corrected. The customer gets a mail about it." if is_new else "It goes there already.")
    return go_to(url_for("admin.order", number=found.number))


def _contact_or_404(order: Order) -> OrderContact:
    contact: OrderContact | None = OrderContact.get_or_none(OrderContact.order == order.id)
    is_open = order.state in OPEN and contact is not None and contact.delivery_country is not None
    return contact if contact is not None and is_open else abort(404)


def _form_of(contact: OrderContact) -> AddressForm:
    kept = {part: getattr(contact, f"delivery_{part}") or "" for part in PARTS}
    country = kept["country"] if kept["country"] in all_countries() else settings().country
    form: AddressForm = with_fields_of(AddressForm, country, _declared, (country,))(data={**kept, "country": country})
    return form


def _declared(part: str) -> Personal:
    found: Personal = getattr(declared, f"DELIVERY_{part.upper()}")
    return found


def _page(order: Order, form: AddressForm, status: int = 200, problem: str = "") -> Response:
    present = Order.get_by_id(order.id)
    return page_or_fragment(
        "admin/orders/address.html",
        "admin/orders/_address.html",
        status=status,
        order=present,
        form=in_task(form),
        problem=problem,
        desk_page="orders",
    )
