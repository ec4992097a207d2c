"""The checkout's forms. An address has the fields of its country, and only those; whatever else is sent is dropped."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.validators import AnyOf, Length, NumberRange, Optional, StopValidation

from ..addresses import Address
from ..addresses.countries import all_countries, rules_for
from ..addresses.fields import COUNTRY_CHANGED, PARTS, AskedAddress, by_width, text
from ..config import settings
from ..orders import personal_data as declared
from ..orders.services.purchase import Means
from ..passwords import LONGEST
from ..typed import given, mail_address, may_be_left_out, one_line, phone_number, plain
from ..vault import Personal
from ..web import LARGEST_ID

DELIVER, COLLECT = "deliver", "collect"
NAME_AT_MOST, MAIL_AT_MOST, PHONE_AT_MOST, NOTE_AT_MOST = 100, 254, 30, 500


class ContactForm(FlaskForm):  # type: ignore[misc]
    """The first step."""

    personal = {"email": declared.EMAIL}
    email = StringField(
        "E-mail", filters=[one_line], validators=[given(declared.EMAIL), plain(MAIL_AT_MOST), mail_address]
    )
    wants_account = BooleanField("Also open an account with this address")

    @property
    def values(self) -> dict[str, str | None]:
        return {"email": self.email.data}


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
    return _form_class(ways, served or (home,), delivery, billing if billing in all_countries() else delivery)


@lru_cache(maxsize=200)
def _form_class(ways: tuple[str, ...], served: tuple[str, ...], delivery: str, billing: str) -> type[DeliveryForm]:
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
        fetch={"hx-post": "/checkout/delivery", "hx-trigger": COUNTRY_CHANGED, "hx-vals": f'{{"update": "{kind}"}}'},
    )
    found = asked.fields()
    personal.update({name: declaration for name, (_, declaration) in found.items()})
    return {name: field for name, (field, _) in found.items()}


class MethodForm(FlaskForm):  # type: ignore[misc]
    """Which of the offered ways of delivery."""

    method = StringField(filters=[one_line], validators=[plain(NAME_AT_MOST)])


class PayForm(FlaskForm):  # type: ignore[misc]
    """What the payment form stands for; everything else about the purchase is looked up here."""

    idem = HiddenField(filters=[one_line], validators=[plain(NAME_AT_MOST)])
    seen_total = IntegerField(validators=[Optional(), NumberRange(min=0)])
    payment_method_nonce = HiddenField(filters=[one_line], validators=[plain(NOTE_AT_MOST)])
    card = IntegerField(validators=[Optional(), NumberRange(min=1, max=LARGEST_ID)])
    attempt = HiddenField(filters=[one_line], validators=[plain(NAME_AT_MOST)])
    save_card = BooleanField()
    password = PasswordField("Your password", validators=[Length(max=LONGEST)])

    @property
    def means(self) -> Means:
        """What is paid with: a nonce, when there is one, before a saved card."""
        nonce = self.payment_method_nonce.data
        card_id = None if nonce else self.card.data
        return Means(nonce=nonce, card_id=card_id, attempt=self.attempt.data, keep_card=bool(self.save_card.data))
