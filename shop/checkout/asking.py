"""What is asked about a delivery, at the checkout and by staff who take an order: the fields of the countries at hand.

Whatever else is sent is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Field, RadioField, StringField, TextAreaField
from wtforms.validators import AnyOf, StopValidation

from ..addresses import Address
from ..addresses.countries import all_countries, rules_for, speaking
from ..addresses.fields import COUNTRY_CHANGED, PARTS, AskedAddress, by_width, text
from ..config import settings
from ..customers.models import Customer
from ..customers.queries import address_of
from ..orders import personal_data as declared
from ..pricing.queries import countries_served, methods_for
from ..typed import may_be_left_out, phone_number, plain
from ..vault import Personal
from .prefilling import COLLECT, DELIVER, KINDS, as_fields
from .queries import Checkout

PHONE_AT_MOST, NOTE_AT_MOST = 30, 500
ID = re.compile(r"[0-9]{1,9}")


class DeliveryForm(FlaskForm):  # type: ignore[misc]
    """The second step, without its address fields: `delivery_form` adds those of the countries at hand."""

    personal: dict[str, Personal]
    ways: tuple[str, ...]
    way = RadioField("How would you like it?", choices=[DELIVER, COLLECT], default=DELIVER, validate_choice=False)
    billing_is_delivery = BooleanField("The invoice has the same name and address", default=True)
    keep_address = BooleanField("Keep this address in my account")

    @property
    def is_collected(self) -> bool:
        return bool(self.way.data == COLLECT)

    def is_wanted(self, name: str) -> bool:
        """Whether a field counts, as the rest of the form was answered."""
        if name.startswith("billing_") and self.billing_is_delivery.data:
            return False
        return not (self.is_collected and (name == "phone" or name.startswith("delivery_")) and name != "delivery_name")

    def parts_of(self, kind: str) -> tuple[list[Field], list[Field]]:
        """An address's fields without its country, in the country's order: those of a line's width, then the short."""
        return by_width(self, f"{kind}_")

    @property
    def address(self) -> Address:
        """Where it is delivered, as it was answered."""
        values = self.right_values
        return Address(**{part: values[f"delivery_{part}"] or "" for part in PARTS})

    @property
    def is_forged(self) -> bool:
        """Whether the session's token is missing or wrong."""
        return not self.csrf_token.validate(self)

    @property
    def right_values(self) -> dict[str, str | None]:
        """By column of the draft: whatever was not asked, not wanted, or not right, is None."""
        columns = [*(f"{kind}_{part}" for kind in ("delivery", "billing") for part in PARTS), "phone", "note"]
        return {name: self._right_value(name) for name in columns}

    def _right_value(self, name: str) -> str | None:
        if name not in self or self[name].errors or not self.is_wanted(name):
            return None
        return self[name].data or None


def delivery_form(*, ways: tuple[str, ...], served: tuple[str, ...], delivery: str, billing: str) -> type[DeliveryForm]:
    """The second step's form for a delivery and a billing country; `ways` are DELIVER, COLLECT or both."""
    home = settings().country if settings().country in served else next(iter(served), settings().country)
    delivery = delivery if delivery in served else home
    billing = billing if billing in all_countries() else delivery
    return _form_class(ways, served or (home,), delivery, billing, speaking())


@lru_cache(maxsize=200)
def _form_class(
    ways: tuple[str, ...], served: tuple[str, ...], delivery: str, billing: str, _speaking: tuple[str, str]
) -> type[DeliveryForm]:
    personal: dict[str, Personal] = {}
    fields = {
        "personal": personal,
        "ways": ways,
        "way": RadioField(default=ways[0], choices=list(ways), validators=[AnyOf(ways, "Please choose one.")]),
        **_address_fields("delivery", delivery, served, personal),
        **_own_fields(personal),
        **_address_fields("billing", billing, all_countries(), personal),
    }
    return type("CountryDeliveryForm", (DeliveryForm,), fields)


def _own_fields(personal: dict[str, Personal]) -> dict[str, Field]:
    personal.update(phone=declared.PHONE, note=declared.NOTE)
    country = phone_number(lambda form: str(form["delivery_country"].data))
    wanted = [only_if_wanted, may_be_left_out]
    return {
        "phone": text(StringField, [*wanted, plain(PHONE_AT_MOST), country]),
        "note": text(TextAreaField, [*wanted, plain(NOTE_AT_MOST, several_lines=True)]),
    }


def only_if_wanted(form: Any, field: Field) -> None:
    if not form.is_wanted(field.name):
        field.errors = []
        raise StopValidation


def _address_fields(
    kind: str, country: str, countries: tuple[str, ...], personal: dict[str, Personal]
) -> dict[str, Field]:
    """Another country fetches its fields at once; without JavaScript there is a button for that."""
    asked = AskedAddress(
        rules_for(country),
        countries,
        declared=lambda part: getattr(declared, f"{kind}_{part}".upper()),
        prefix=f"{kind}_",
        before=(only_if_wanted,),
        fetch={"hx-trigger": COUNTRY_CHANGED, "hx-vals": f'{{"update": "{kind}"}}'},
    )
    found = asked.fields()
    personal.update({name: declaration for name, (_, declaration) in found.items()})
    return {name: field for name, (field, _) in found.items()}


def delivery_form_for(
    checkout: Checkout, *, here: str, sent: Mapping[str, str] | None = None, before: Mapping[str, Any] | None = None
) -> DeliveryForm:
    """The second step's form, which posts to `here`: as it was `sent`, or with what was answered `before`."""
    served = tuple(countries_served())
    collect = (COLLECT,) if methods_for(None, *checkout.measures) else ()
    ways = ((DELIVER,) if served else ()) + collect
    chosen = sent if sent is not None else before or {}
    form_class = delivery_form(
        ways=ways,
        served=served,
        delivery=chosen.get("delivery_country") or "",
        billing=chosen.get("billing_country") or "",
    )
    form = form_class(formdata=sent) if sent is not None else form_class(formdata=None, data=before)
    for kind in KINDS:
        country = form[f"{kind}_country"]
        country.render_kw = {**country.render_kw, "hx-post": here}
    return form


def with_saved_address(sent: MultiDict[str, str], customer: Customer | None) -> MultiDict[str, str] | None:
    """What was sent, with the saved address in it whose button was pressed; None for one that is not theirs."""
    if "use" not in sent:
        return sent
    kind, _, key = sent["use"].partition(":")
    found = address_of(customer, int(key)) if customer is not None and ID.fullmatch(key) and kind in KINDS else None
    if found is None:
        return None
    changed = sent.copy()
    if kind == "billing":
        changed.poplist("billing_is_delivery")
    for name, value in as_fields(kind, found).items():
        changed.setlist(name, [value])
    return changed
