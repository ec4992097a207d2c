"""A customer's addresses: a list, in which each turns into its form and back."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, request, url_for
from flask.typing import ResponseReturnValue

from ..access_rules import customer
from ..addresses import address_lines
from ..customers.models import Address, AddressUse, Customer
from ..customers.queries import address_of, addresses_of
from ..customers.services import addresses as services
from ..customers.services.addresses import AT_MOST, AddressGone, TooManyAddresses
from ..customers.services.profile import ChangedMeanwhile
from ..vault import Source
from ..web import changed, is_htmx, page_or_fragment
from .address_forms import AddressForm, address_form
from .entering import here
from .pages import blueprint

NEW = "new"
CHANGED = "Another window was quicker, and changed this address meanwhile. Save again to put in what you typed."
FULL = f"There is room for {AT_MOST} addresses. Please remove one that you no longer need, then add this one."
CHOSEN = {AddressUse.DELIVERY: "Deliveries go there from now on.", AddressUse.BILLING: "Invoices name it from now on."}


@blueprint.get("/account/addresses")
@customer
def addresses() -> ResponseReturnValue:
    """`?focus=12` tells htmx where the focus was when a form was left."""
    return page_or_fragment(
        "account/addresses.html", "account/_addresses.html", **_shown(), focus=request.args.get("focus", "")
    )


@blueprint.get("/account/addresses/new")
@customer
def new_address() -> ResponseReturnValue:
    return _ask(address_form(url_for(".new_address"), name=here().name or ""), NEW)


@blueprint.post("/account/addresses/new")
@customer
def add_address() -> ResponseReturnValue:
    me, form = here(), address_form(url_for(".new_address"))
    if form.asks_for_fields:
        return _ask(form, NEW)
    if not form.validate():
        return _ask(form, NEW, 422)
    try:
        added = services.add_address(customer=me, postal=form.postal, source=Source.SELF, by=_by(me), uses=form.uses)
    except TooManyAddresses:
        return _ask(form, NEW, 422, problem=FULL)
    return _done("Address added.", focus=added.id)


@blueprint.get("/account/addresses/<id:address_id>")
@customer
def address(address_id: int) -> ResponseReturnValue:
    found = _mine_or_404(address_id)
    return _ask(_form_of(found), str(found.id))


@blueprint.post("/account/addresses/<id:address_id>")
@customer
def change_address(address_id: int) -> ResponseReturnValue:
    me, found = here(), _mine_or_404(address_id)
    form = _form_of(found)
    if form.asks_for_fields:
        return _ask(form, str(found.id))
    if not form.validate():
        return _ask(form, str(found.id), 422)
    try:
        services.change_address(address=found, postal=form.postal, source=Source.SELF, by=_by(me), seen=form.seen.data)
    except ChangedMeanwhile:
        form.show_again(_mine_or_404(address_id))
        return _ask(form, str(found.id), 409, problem=CHANGED)
    except AddressGone:
        abort(404)
    return _done("Address saved.", focus=found.id)


@blueprint.post("/account/addresses/<id:address_id>/choose")
@customer
def choose_address(address_id: int) -> ResponseReturnValue:
    found = _mine_or_404(address_id)
    try:
        use = AddressUse(request.form.get("use", ""))
        services.choose_address(address=found, use=use, by=_by(here()))
    except (ValueError, AddressGone):
        abort(404)
    return _done(CHOSEN[use], focus=found.id)


@blueprint.post("/account/addresses/<id:address_id>/remove")
@customer
def remove_address(address_id: int) -> ResponseReturnValue:
    try:
        heir = services.remove_address(address=_mine_or_404(address_id), by=_by(here()))
    except AddressGone:
        abort(404)
    said = (
        "Address removed." if heir is None else "Address removed. Another took its place: please look whether it fits."
    )
    return _done(said, focus=NEW)


def _form_of(found: Address) -> AddressForm:
    return address_form(url_for(".address", address_id=found.id), found)


def _ask(form: AddressForm, opened: str, status: int = 200, *, problem: str = "") -> ResponseReturnValue:
    """`opened` is which of the list's items is its form: an address's id, or "new"."""
    shown = _shown() | {"form": form, "opened": opened, "problem": problem}
    return page_or_fragment("account/addresses.html", "account/_addresses.html", status=status, **shown)


def _done(said: str, *, focus: int | str) -> ResponseReturnValue:
    if not is_htmx():
        flash(said)
    location = url_for(".addresses", _anchor=f"address-{focus}")
    return changed("account/_addresses_changed.html", location=location, **_shown(), said=said, focus=str(focus))


def _shown() -> dict[str, Any]:
    rows: list[Address] = list(addresses_of(here()))
    return {
        "addresses": [(row, address_lines(row)) for row in rows],
        "is_full": len(rows) >= AT_MOST,
        "at_most": AT_MOST,
    }


def _mine_or_404(address_id: int) -> Address:
    return address_of(here(), address_id) or abort(404)


def _by(me: Customer) -> str:
    return f"customer:{me.id}"
