"""The form of one address, as its customer fills it in."""

from __future__ import annotations

from flask import request
from flask_wtf import FlaskForm

from ..customers.address_fields import SavedAddressFields, saved_address_form
from ..customers.models import Address


class AddressForm(SavedAddressFields, FlaskForm):  # type: ignore[misc]
    """Nothing is asked beside the address."""


def address_form(here: str, address: Address | None = None, *, name: str = "") -> AddressForm:
    """The form that posts to `here`; a new address begins with the customer's own `name`."""
    form = saved_address_form(AddressForm, here=here, target="#account-addresses", address=address, name=name)
    if request.method == "GET":
        form["name"].render_kw = {"autofocus": True}
    return form
