"""Whom an order is for that is being taken, and where it goes."""

from __future__ import annotations

from flask import abort, request
from flask.typing import ResponseReturnValue

from ...access_rules import staff
from ...checkout.asking import with_saved_address
from ...checkout.models import CheckoutDraft
from ...checkout.services import choose_method, save_contact, save_delivery
from ...checkout.taking.services import take_for, take_for_guest, take_for_nobody
from ...vault import Source
from ...web import number_in
from ..blueprint import blueprint
from ..customers.opening import has_left, open_customer, open_guest
from ..roles import PACKING
from .forms import EmailForm, MethodForm
from .opening import changeable
from .showing import checkout_of, delivery_form, done, show

NO_SUCH_METHOD = "Choose one of the ways of delivery that are offered."


@blueprint.post("/orders/new/<id:draft_id>/customer")
@staff(*PACKING)
@changeable
def take_for_customer(draft: CheckoutDraft) -> ResponseReturnValue:
    subject, answer = open_customer(number_in(request.form.get("customer_id")) or abort(404))
    if answer:
        return answer
    customer = subject.person.customer
    if customer is None or has_left(subject):
        abort(404)
    take_for(draft=draft, customer=customer)
    return done(draft, "who", "It is for them now.", also=["delivery"])


@blueprint.post("/orders/new/<id:draft_id>/guest")
@staff(*PACKING)
@changeable
def take_for_known_guest(draft: CheckoutDraft) -> ResponseReturnValue:
    """Known by one of their orders."""
    subject, answer = open_guest(request.form.get("number", ""))
    if answer:
        return answer
    take_for_guest(draft=draft, contact=subject.contact or abort(404))
    return done(draft, "who", "It is for them now.", also=["delivery"])


@blueprint.post("/orders/new/<id:draft_id>/email")
@staff(*PACKING)
@changeable
def take_email(draft: CheckoutDraft) -> ResponseReturnValue:
    """Of somebody who was not found; an account's own is changed on their page."""
    form = EmailForm()
    if not form.validate():
        return show(draft, "who", status=422, email_form=form)
    if draft.customer_id is None:
        save_contact(cart=draft.cart, values={"email": form.email.data}, source=Source(draft.told))
    return done(draft, "who", "Noted.")


@blueprint.post("/orders/new/<id:draft_id>/somebody-else")
@staff(*PACKING)
@changeable
def take_for_somebody_else(draft: CheckoutDraft) -> ResponseReturnValue:
    take_for_nobody(draft=draft)
    return done(draft, "who", "What was said of them is gone.", also=["delivery"])


@blueprint.post("/orders/new/<id:draft_id>/delivery")
@staff(*PACKING)
@changeable
def take_delivery(draft: CheckoutDraft) -> ResponseReturnValue:
    sent = with_saved_address(request.form, draft.customer)
    if sent is None:
        abort(404)
    form = delivery_form(draft, checkout_of(draft), sent=sent)
    # Another country's fields are asked for, or a saved address: what is missing in them is no mistake yet.
    is_update = bool({"update", "use"} & request.form.keys()) and not form.is_forged
    if not form.validate() and not is_update:
        return show(draft, "delivery", status=422, sent=form)
    save_delivery(
        cart=draft.cart,
        values=form.right_values,
        is_collected=form.is_collected,
        billing_is_delivery=form.billing_is_delivery.data,
        is_done=not is_update,
        customer=draft.customer,
        source=Source(draft.told),
    )
    return done(draft, "delivery", "The fields are there." if is_update else "Noted.")


@blueprint.post("/orders/new/<id:draft_id>/method")
@staff(*PACKING)
@changeable
def take_method(draft: CheckoutDraft) -> ResponseReturnValue:
    form = MethodForm()
    if not form.validate() or form.method.data not in {offer.code for offer in checkout_of(draft).offers}:
        return show(draft, "side", status=422, problem=("Delivery", NO_SUCH_METHOD))
    choose_method(cart=draft.cart, code=form.method.data, customer=draft.customer)
    return done(draft, "side", "Chosen.")
