"""A customer's addresses, as they tell them: one more, another, or one less."""

from __future__ import annotations

from flask import abort, flash, url_for
from flask.typing import ResponseReturnValue

from ...access_rules import staff
from ...addresses import address_lines
from ...customers.address_fields import SavedAddressFields, saved_address_form
from ...customers.models import Address
from ...customers.queries import address_of
from ...customers.services import addresses as services
from ...customers.services.addresses import AT_MOST, AddressGone, TooManyAddresses
from ...customers.services.profile import ChangedMeanwhile
from ...signing_in import go_to
from ..blueprint import blueprint
from ..roles import OPENING
from .change_views import MEANWHILE, ask, by
from .forms import ToldForm
from .opening import account_of, open_customer
from .showing import Subject

FULL = f"There is room for {AT_MOST} addresses: remove one that they no longer need, then add this one."
CHANGE = "#admin-customer-change"
TOLD = "Saved, and the customer is told by mail."


class AddressForm(SavedAddressFields, ToldForm):
    """An address as a customer told it."""


@blueprint.get("/customers/<id:customer_id>/addresses/new")
@staff(*OPENING)
def new_customer_address(customer_id: int) -> ResponseReturnValue:
    subject, answer = open_customer(customer_id)
    return answer or _ask(subject, _new_form(subject))


@blueprint.post("/customers/<id:customer_id>/addresses/new")
@staff(*OPENING)
def add_customer_address(customer_id: int) -> ResponseReturnValue:
    subject, answer = open_customer(customer_id)
    if answer:
        return answer
    customer, form = account_of(subject), _new_form(subject)
    if form.asks_for_fields:
        return _ask(subject, form)
    if not form.validate():
        return _ask(subject, form, status=422)
    try:
        services.add_address(customer=customer, postal=form.postal, source=form.source, by=by(), uses=form.uses)
    except TooManyAddresses:
        return _ask(subject, form, status=422, problem=FULL)
    flash(TOLD)
    return go_to(subject.url)


@blueprint.get("/customers/<id:customer_id>/addresses/<id:address_id>")
@staff(*OPENING)
def customer_address(customer_id: int, address_id: int) -> ResponseReturnValue:
    subject, answer = open_customer(customer_id)
    address = _theirs_or_404(subject, address_id)
    return answer or _ask(subject, _form_of(subject, address), address)


@blueprint.post("/customers/<id:customer_id>/addresses/<id:address_id>")
@staff(*OPENING)
def change_customer_address(customer_id: int, address_id: int) -> ResponseReturnValue:
    subject, answer = open_customer(customer_id)
    address = _theirs_or_404(subject, address_id)
    if answer:
        return answer
    form = _form_of(subject, address)
    if form.asks_for_fields:
        return _ask(subject, form, address)
    if not form.validate():
        return _ask(subject, form, address, status=422)
    try:
        is_new = services.change_address(
            address=address, postal=form.postal, source=form.source, by=by(), seen=form.seen.data
        )
    except ChangedMeanwhile:
        form.show_again(_theirs_or_404(subject, address_id))
        return _ask(subject, form, address, status=409, problem=MEANWHILE)
    except AddressGone:
        abort(404)
    flash(TOLD if is_new else "It was so already.")
    return go_to(subject.url)


@blueprint.get("/customers/<id:customer_id>/addresses/<id:address_id>/removal")
@staff(*OPENING)
def customer_address_removal(customer_id: int, address_id: int) -> ResponseReturnValue:
    subject, answer = open_customer(customer_id)
    address = _theirs_or_404(subject, address_id)
    return answer or _ask_removal(subject, address, ToldForm())


@blueprint.post("/customers/<id:customer_id>/addresses/<id:address_id>/removal")
@staff(*OPENING)
def remove_customer_address(customer_id: int, address_id: int) -> ResponseReturnValue:
    subject, answer = open_customer(customer_id)
    address = _theirs_or_404(subject, address_id)
    if answer:
        return answer
    form = ToldForm()
    if not form.validate():
        return _ask_removal(subject, address, form, 422)
    try:
        services.remove_address(address=address, by=by(), source=form.source)
    except AddressGone:
        abort(404)
    flash("Removed, and the customer is told by mail.")
    return go_to(subject.url)


def _theirs_or_404(subject: Subject, address_id: int) -> Address:
    return address_of(account_of(subject), address_id) or abort(404)


def _new_form(subject: Subject) -> AddressForm:
    customer = account_of(subject)
    here = url_for("admin.add_customer_address", customer_id=customer.id)
    return saved_address_form(AddressForm, here=here, target=CHANGE, name=customer.name or "")


def _form_of(subject: Subject, address: Address) -> AddressForm:
    here = url_for("admin.change_customer_address", customer_id=account_of(subject).id, address_id=address.id)
    return saved_address_form(AddressForm, here=here, target=CHANGE, address=address)


def _ask(
    subject: Subject, form: AddressForm, address: Address | None = None, *, status: int = 200, problem: str = ""
) -> ResponseReturnValue:
    title = "Address" if address else "One more address"
    return ask(subject, status=status, kind="address", form=form, title=title, address=address, problem=problem)


def _ask_removal(subject: Subject, address: Address, form: ToldForm, status: int = 200) -> ResponseReturnValue:
    lines = address_lines(address)
    return ask(
        subject, status=status, kind="removal", form=form, title="Remove an address", address=address, lines=lines
    )
