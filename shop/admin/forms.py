"""The desk's forms."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from ..orders.cancelling import Reason
from ..orders.carriers import CARRIERS, SENDING, TRACKING

LONGEST_EMAIL, LONGEST_PASSWORD = 254, 1_000


class SignInForm(FlaskForm):  # type: ignore[misc]
    email = EmailField("E-mail", [InputRequired("Type your e-mail."), Length(max=LONGEST_EMAIL)])
    password = PasswordField("Password", [InputRequired("Type your password."), Length(max=LONGEST_PASSWORD)])
    next = HiddenField()


class StepForm(FlaskForm):  # type: ignore[misc]
    """A button and its token."""


class ShipForm(FlaskForm):  # type: ignore[misc]
    carrier = SelectField(
        "Carrier",
        [InputRequired("Choose who takes the parcel.")],
        choices=[SelectChoice("", "Choose…"), *(SelectChoice(one.code, one.name) for one in SENDING)],
    )
    tracking = StringField("Tracking number", filters=[lambda text: (text or "").strip()])

    def validate_tracking(self, field: StringField) -> None:
        carrier = CARRIERS.get(self.carrier.data or "")
        if field.data and not TRACKING.fullmatch(field.data):
            raise ValidationError("A tracking number has 4 to 40 letters and digits, and no names or addresses.")
        if carrier and carrier.needs_tracking and not field.data:
            raise ValidationError(f"{carrier.name} gives each parcel a tracking number: type it here.")


class CancelForm(FlaskForm):  # type: ignore[misc]
    reason = RadioField(
        "Why is it cancelled?",
        [InputRequired("Choose a reason: the customer reads it in the mail.")],
        choices=[SelectChoice(reason.value, reason.words) for reason in Reason],
    )
