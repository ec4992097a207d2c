"""The checkout's forms. An address has the fields of its country, and only those; whatever else is sent is dropped."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, NumberRange, Optional, StopValidation

from ..addresses import Address
from ..addresses.countries import CountryRules, all_countries, named, rules_for
from ..config import settings
from ..orders import personal_data as declared
from ..typed import given, lines, mail_address, may_be_left_out, one_line, one_of, phone_number, plain
from ..vault import Personal

DELIVER, COLLECT = "deliver", "collect"
MOST = {"street": 200, "postcode": 20}
NAME_AT_MOST, MAIL_AT_MOST, PHONE_AT_MOST, NOTE_AT_MOST = 100, 254, 30, 500
SHORT = {"district", "city", "region", "postcode"}
PARTS = tuple(Address.__dataclass_fields__)
# In a country whose addresses do without this part.
NOT_NEEDED = "Leave it out if your address has none."


class ContactForm(FlaskForm):  # type: ignore[misc]
    """The first step."""

    personal = {"email": declared.EMAIL}
    email = StringField(
        "E-mail", filters=[one_line], validators=[given(declared.EMAIL), plain(MAIL_AT_MOST), mail_address]
    )

    @property
    def values(self) -> dict[str, str | None]:
        return {"email": self.email.data}


class DeliveryForm(FlaskForm):  # type: ignore[misc]
    """The second step, without its address fields: `delivery_form` adds those of the countries at hand."""

    personal: dict[str, Personal]
    ways: tuple[str, ...]
    way = RadioField("How would you like it?", choices=[DELIVER, COLLECT], default=DELIVER, validate_choice=False)
    billing_is_delivery = BooleanField("The invoice has the same name and address", default=True)

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
        asked = {f"{kind}_{part}" for part in PARTS if part != "country"}
        names = [name for name in self._fields if name in asked]
        wide = [self[name] for name in names if name.removeprefix(f"{kind}_") not in SHORT]
        return wide, [self[name] for name in names if self[name] not in wide]

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
        **_address_fields("delivery", rules_for(delivery), served, personal),
        **_own_fields(personal),
        **_address_fields("billing", rules_for(billing), all_countries(), personal),
    }
    return type("CountryDeliveryForm", (DeliveryForm,), fields)


def _own_fields(personal: dict[str, Personal]) -> dict[str, Field]:
    personal.update(phone=declared.PHONE, note=declared.NOTE)
    country = phone_number(lambda form: str(form["delivery_country"].data))
    return {
        "phone": _field(StringField, [may_be_left_out, plain(PHONE_AT_MOST), country]),
        "note": _field(TextAreaField, [may_be_left_out, plain(NOTE_AT_MOST, several_lines=True)]),
    }


def _field(kind: Any, validators: list[Any], **options: Any) -> Field:
    tidy = lines if kind is TextAreaField else one_line
    return kind(filters=[tidy], validators=[only_if_wanted, *validators], **options)


def only_if_wanted(form: Any, field: Field) -> None:
    if not form.is_wanted(field.name):
        field.errors = []
        raise StopValidation


def _address_fields(
    kind: str, rules: CountryRules, countries: tuple[str, ...], personal: dict[str, Personal]
) -> dict[str, Field]:
    """The country comes first: it decides about the rest."""
    fields = {f"{kind}_country": _country(kind, countries, rules.country)}
    personal[f"{kind}_country"] = _declared(kind, "country")
    for part in rules.parts:
        asked = _asked(kind, part, rules)
        personal[f"{kind}_{part}"] = asked
        fields[f"{kind}_{part}"] = _part_field(part, asked, rules)
    return fields


def _country(kind: str, countries: tuple[str, ...], chosen: str) -> Field:
    """Changed, it fetches its country's fields at once; without JavaScript there is a button for that."""
    asks = {"hx-post": "/checkout/delivery", "hx-trigger": "change", "hx-vals": f'{{"update": "{kind}"}}'}
    return _choice(named(countries), "Please choose a country from the list.", chosen, render_kw=asks)


def _declared(kind: str, part: str) -> Personal:
    found: Personal = getattr(declared, f"{kind}_{part}".upper())
    return found


def _asked(kind: str, part: str, rules: CountryRules) -> Personal:
    """The declaration in the country's words; what its addresses can do without is not required."""
    asked = _declared(kind, part)
    if part not in rules.required:
        asked = replace(asked, required=False, without=NOT_NEEDED if asked.required else asked.without)
    return replace(asked, label=rules.labels.get(part, asked.label))


def _part_field(part: str, asked: Personal, rules: CountryRules) -> Field:
    first = given(asked) if asked.required else may_be_left_out
    if part == "region" and rules.regions:
        choices = [("", "Please choose"), *rules.regions]
        return _choice(choices, f"Please choose a {asked.label.lower()} from the list.", "", first)
    several_lines = part == "street"
    validators: list[Any] = [first, plain(MOST.get(part, NAME_AT_MOST), several_lines=several_lines)]
    if part == "postcode":
        validators.append(_postcode(rules))
    return _field(TextAreaField if several_lines else StringField, validators)


def _postcode(rules: CountryRules) -> Any:
    example = f" One looks like {rules.postcode_example}." if rules.postcode_example else ""
    label = rules.labels["postcode"]
    label = label if label.startswith(("ZIP", "PIN")) else label.lower()

    def check(_form: Any, field: Field) -> None:
        field.data = field.data.upper()
        if not rules.is_postcode(field.data):
            raise StopValidation(f"This is not a {label} of that country.{example}")

    return check


def _choice(choices: list[tuple[str, str]], words: str, default: str, *validators: Any, **options: Any) -> Field:
    checks = [*validators, one_of(choices, words)]
    listed = [SelectChoice(code, name) for code, name in choices]
    return _field(SelectField, checks, choices=listed, default=default, validate_choice=False, **options)


class MethodForm(FlaskForm):  # type: ignore[misc]
    """Which of the offered ways of delivery."""

    method = StringField(filters=[one_line], validators=[plain(NAME_AT_MOST)])


class PayForm(FlaskForm):  # type: ignore[misc]
    """What the payment form stands for; everything else about the purchase is looked up here."""

    idem = HiddenField(filters=[one_line], validators=[plain(NAME_AT_MOST)])
    seen_total = IntegerField(validators=[Optional(), NumberRange(min=0)])
    payment_method_nonce = HiddenField(filters=[one_line], validators=[plain(NOTE_AT_MOST)])
