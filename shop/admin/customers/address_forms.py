"""The form of one of a customer's addresses, as they tell it: the fields of its country."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import request
from wtforms import BooleanField, Field, HiddenField

from ...addresses import Address as Postal
from ...addresses.countries import all_countries, rules_for
from ...addresses.fields import COUNTRY_CHANGED, PARTS, AskedAddress, by_width
from ...config import settings
from ...customers import personal_data as declared
from ...customers.models import Address, AddressUse
from ...customers.services.addresses import stands_at
from .forms import ToldForm

FETCH = {"hx-trigger": COUNTRY_CHANGED, "hx-vals": '{"update": "country"}', "hx-target": "#admin-customer-change"}


class AddressForm(ToldForm):
    """Without its address fields: `address_form` adds those of the country at hand."""

    seen = HiddenField()
    delivery = BooleanField("Use it for deliveries from now on")
    billing = BooleanField("Use it for invoices from now on")

    @property
    def by_width(self) -> tuple[list[Field], list[Field]]:
        """Its fields but name and country: those of a line's width, then the short ones."""
        wide, short = by_width(self)
        return [one for one in wide if one.name != "name"], short

    @property
    def postal(self) -> Postal:
        return Postal(**{part: self[part].data or "" for part in PARTS if part in self})

    @property
    def uses(self) -> list[AddressUse]:
        return [use for use in AddressUse if self[use.value].data]

    @property
    def asks_for_fields(self) -> bool:
        """Whether it was sent for another country's fields: what is missing in them is no mistake yet."""
        return "update" in request.form and bool(self.csrf_token.validate(self))


def address_form(here: str, address: Address | None = None, *, name: str = "") -> AddressForm:
    """The form that posts to `here`, as it was sent; else with what is kept, or for a new address with `name`."""
    kept: dict[str, str] = {"name": name, "country": settings().country}
    if address is not None:
        kept = {part: getattr(address, part) or "" for part in PARTS} | {"seen": stands_at(address)}
    country = request.form.get("country", kept["country"])
    form: AddressForm = _form_class(country if country in all_countries() else settings().country)(data=kept)
    form.country.render_kw = {**FETCH, "hx-post": here}
    return form


@lru_cache(maxsize=300)
def _form_class(country: str) -> Any:
    asked = AskedAddress(
        rules_for(country), all_countries(), declared=lambda part: getattr(declared, f"ADDRESS_{part.upper()}")
    )
    both = asked.fields()
    fields = {part: field for part, (field, _) in both.items()}
    personal = {part: declaration for part, (_, declaration) in both.items()}
    return type("DeskAddressForm", (AddressForm,), {**fields, "personal": personal})
