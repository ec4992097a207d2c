"""The forms of delivery methods, taxes and discount codes; amounts are typed as the shop's locale writes them."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional, StopValidation, ValidationError

from ...addresses.countries import all_countries
from ...money import WrongAmount, read_amount
from ...pricing.models import DeliveryKind, DiscountKind
from ...pricing.queries import normal_code
from ...typed import one_line, plain
from ...web import number_in
from ..fields import DayField, WholeField, amount
from . import choices
from .forms import region_code
from .seen import SeenForm

LONGEST = 80
BLANK_ROWS = 2
PER_CENT_AT_MOST = 1_000_000
GRAMS_AT_MOST = 10_000_000
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
KINDS = {
    DeliveryKind.FLAT: "One price",
    DeliveryKind.BY_WEIGHT: "By weight",
    DeliveryKind.BY_VALUE: "By the order's value",
    DeliveryKind.LOCAL: "Our own round",
    DeliveryKind.PICK_UP: "Collected from the shop",
}
DISCOUNTS = {
    DiscountKind.PERCENT: "Per cent off the goods",
    DiscountKind.AMOUNT: "An amount off the goods",
    DiscountKind.FREE_DELIVERY: "Free delivery",
}
DAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}


def rate(_form: Form, field: Field) -> None:
    """`field.ppm` is what was typed in per cent, as parts per million."""
    field.ppm = None
    typed = (field.data or "").replace("%", "").replace(",", ".").strip()
    try:
        ppm = Decimal(typed) * 10_000
    except InvalidOperation as error:
        raise StopValidation("This is not a percentage such as 9.5.") from error
    if not ppm.is_finite() or ppm < 0 or ppm > PER_CENT_AT_MOST or ppm != ppm.to_integral_value():
        raise StopValidation("A percentage lies between 0 and 100, with four digits after the point at most.")
    field.ppm = int(ppm)


def country_codes(_form: Form, field: Field) -> None:
    field.data = " ".join(re.split(r"[\s,;]+", (field.data or "").upper().strip())).strip()
    unknown = [code for code in field.data.split() if code not in all_countries()]
    if unknown:
        raise ValidationError(f"{', '.join(unknown)}: not a country's code, such as US or FR.")


class BandForm(Form):  # type: ignore[misc]
    """One step; without a price it is left out."""

    upto = StringField("Up to", filters=[one_line])
    price = StringField("Price", filters=[one_line])


class MethodForm(SeenForm):
    name = StringField("Name", [DataRequired("Give it a name."), plain(LONGEST)], filters=[one_line])
    code = StringField(
        "Code",
        [DataRequired("Give it a short code."), plain(40)],
        description="A short name that stays, in small letters: parcel.",
        filters=[one_line, str.lower],
    )
    promise = StringField("When it comes", [plain(LONGEST)], description="As customers read it.", filters=[one_line])
    kind = SelectField("What it costs", choices=[SelectChoice(kind.value, words) for kind, words in KINDS.items()])
    price = StringField("Price", amount(), filters=[one_line])
    free_over = StringField(
        "Free from goods worth", amount(may_be_empty=True), description="Empty: never free.", filters=[one_line]
    )
    countries = StringField(
        "Countries", [country_codes], description="Their codes with blanks between, US CA. Empty: everywhere."
    )
    postcodes = StringField(
        "Postcodes",
        [plain(400)],
        description="For your own round: beginnings, or ranges of them: 900-908 91001.",
        filters=[one_line, str.upper],
    )
    weekdays = SelectMultipleField("It goes on", choices=[SelectChoice(*day) for day in DAYS.items()])
    lead_days = WholeField(
        "Days before that an order must be in",
        [InputRequired("Type a number of days."), NumberRange(0, 30, "Type 0 to 30 days.")],
        description="For fixed days of the week: an order is promised for the next one that it can go with.",
    )
    tax_class = StringField("Taxed as", [DataRequired("Say how it is taxed."), plain(40)], filters=[one_line])
    is_active = BooleanField("Customers can choose it")
    bands = FieldList(FormField(BandForm))

    def validate_code(self, field: Field) -> None:
        if not CODE.fullmatch(field.data):
            raise ValidationError("A code has small letters, digits and hyphens: parcel-abroad.")

    def validate_postcodes(self, field: Field) -> None:
        if self.kind.data == DeliveryKind.LOCAL and not field.data:
            raise ValidationError("Say which postcodes your round reaches.")
        for part in field.data.split():
            if not re.fullmatch(r"[A-Z0-9]+(-[A-Z0-9]+)?", part):
                raise ValidationError(f"{part} is neither the beginning of a postcode nor a range of them.")

    def validate_bands(self, field: FieldList) -> None:
        """`steps` are (upto, cents), the open end last."""
        self.steps: list[tuple[int | None, int]] = []
        if self.kind.data not in {DeliveryKind.BY_WEIGHT, DeliveryKind.BY_VALUE}:
            return
        for number, row in enumerate(field.entries, 1):
            if row.form.price.data or row.form.upto.data:
                self.steps.append(self._step(row.form, number))
        if not self.steps:
            raise ValidationError("Add a step at least: up to how much, and what it costs then.")
        ends = [upto for upto, _ in self.steps]
        if len(set(ends)) != len(ends):
            raise ValidationError("Two steps end at the same place.")
        self.steps.sort(key=lambda step: (step[0] is None, step[0] or 0))

    def _step(self, row: Form, number: int) -> tuple[int | None, int]:
        try:
            cents = read_amount(row.price.data or "")
            if not row.upto.data:
                return None, cents
            by_weight = self.kind.data == DeliveryKind.BY_WEIGHT
            upto = _grams(row.upto.data) if by_weight else read_amount(row.upto.data)
        except WrongAmount as wrong:
            raise ValidationError(f"Step {number}: {wrong}") from wrong
        return upto, cents


def _grams(typed: str) -> int:
    grams = number_in(typed.lower().removesuffix("g").strip())
    if not grams or grams > GRAMS_AT_MOST:
        raise WrongAmount("Weights are whole grams: 1500.")
    return grams


class RateForm(Form):  # type: ignore[misc]
    """One rate; without a percentage it is left out."""

    tax_class = StringField("Taxed as", filters=[one_line])
    name = StringField("Name", filters=[one_line])
    rate = StringField("Per cent", filters=[one_line])


class ZoneForm(SeenForm):
    country = SelectField("Country", choices=choices.countries)
    region = StringField(
        "State or region",
        [region_code],
        description="Its code. Empty: the whole country.",
        filters=[one_line, str.upper],
    )
    inclusive = BooleanField("Prices hold the tax already", description="As in Europe; not in the United States.")
    rates = FieldList(FormField(RateForm))

    def validate_rates(self, field: FieldList) -> None:
        """`found` are (tax class, name, parts per million)."""
        self.found: list[tuple[str, str, int]] = []
        for number, row in enumerate(field.entries, 1):
            if row.form.rate.data or row.form.name.data or row.form.tax_class.data:
                self.found.append(self._rate(row.form, number))
        classes = [tax_class for tax_class, _, _ in self.found]
        if len(set(classes)) != len(classes):
            raise ValidationError("The same kind of goods has two rates.")

    def _rate(self, row: Form, number: int) -> tuple[str, str, int]:
        try:
            rate(row, row.rate)
        except StopValidation as wrong:
            raise ValidationError(f"Rate {number}: {wrong}") from wrong
        if not row.tax_class.data or not row.name.data:
            raise ValidationError(f"Rate {number}: say what is taxed so, and what the tax is called.")
        if len(row.tax_class.data) > 40 or len(row.name.data) > 40:
            raise ValidationError(f"Rate {number}: this is too long.")
        return row.tax_class.data, row.name.data, row.rate.ppm


def _as_code(text: str | None) -> str:
    return normal_code(text or "")


class DiscountForm(SeenForm):
    code = StringField("Code", [DataRequired("Customers need something to type."), plain(40)], filters=[_as_code])
    kind = SelectField("What it gives", choices=[SelectChoice(kind.value, words) for kind, words in DISCOUNTS.items()])
    value = StringField("How much", description="Per cent, or an amount. Free delivery has none.", filters=[one_line])
    minimum = StringField("From goods worth", amount(may_be_empty=True), filters=[one_line])
    starts_on = DayField("First day", [Optional()])
    ends_on = DayField("Last day", [Optional()])
    use_limit = WholeField("Times in all", [Optional(), NumberRange(1, 10**9, "Type 1 or more, or nothing.")])
    use_limit_each = WholeField(
        "Times each customer", [Optional(), NumberRange(1, 10**6, "Type 1 or more, or nothing.")]
    )
    is_active = BooleanField("Customers can use it")

    def validate_value(self, field: Field) -> None:
        """`worth` is in parts per million, or in cents."""
        self.worth = 0
        if self.kind.data == DiscountKind.PERCENT:
            rate(self, field)
            self.worth = field.ppm
        elif self.kind.data == DiscountKind.AMOUNT:
            amount()[0](self, field)
            self.worth = field.cents
        if not self.worth and self.kind.data != DiscountKind.FREE_DELIVERY:
            raise ValidationError("A code that gives nothing helps nobody.")

    def validate_ends_on(self, field: Field) -> None:
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise ValidationError("It would end before it begins.")


def typed_rate(ppm: int) -> str:
    """95,000 parts per million as somebody types it: "9.5"."""
    return f"{ppm / 10_000:.4f}".rstrip("0").rstrip(".")


def blank_rows(data: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """With room for some more."""
    return [*data, *({} for _ in range(BLANK_ROWS))]
