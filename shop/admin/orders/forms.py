"""The forms of one order's page."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from ...orders.cancelling import Reason
from ...orders.carriers import CARRIERS, TRACKING, carriers_in_use
from ...orders.services.unlocking import UnlockReason


class ShipForm(FlaskForm):  # type: ignore[misc]
    carrier = SelectField(
        "Carrier",
        [InputRequired("Choose who takes the parcel.")],
        choices=lambda: [SelectChoice("", "Choose…"), *(SelectChoice(one.code, one.name) for one in carriers_in_use())],
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


class UnlockForm(FlaskForm):  # type: ignore[misc]
    reason = RadioField(
        "What do you need it for?",
        [InputRequired("Choose a reason: it is kept in the audit trail, with your name and the time.")],
        choices=[SelectChoice(reason.value, reason.words) for reason in UnlockReason],
    )
