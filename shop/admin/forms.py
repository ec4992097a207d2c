"""The desk's forms."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Regexp, ValidationError

from ..orders.cancelling import Reason
from ..orders.carriers import CARRIERS, SENDING, TRACKING
from ..orders.services.unlocking import UnlockReason
from ..typed import markdown, paragraphs, plain

LONGEST_ANSWER, LONGEST_POLICY = 10_000, 100_000
TOO_OLD = "This page had been open for too long. Please press the button again."


class StepForm(FlaskForm):  # type: ignore[misc]
    """A button and its token."""


class AnswerForm(FlaskForm):  # type: ignore[misc]
    """The answer to somebody who wrote about their data."""

    text = TextAreaField(
        "Your answer",
        [DataRequired("Write the answer first."), plain(LONGEST_ANSWER, several_lines=True)],
        filters=[paragraphs],
    )


class PolicyForm(FlaskForm):  # type: ignore[misc]
    """A new version of the privacy policy; `after` is the number of the one it was compared with, and `seen` stands
    for the words that were looked at."""

    text = TextAreaField(
        "The whole policy, in Markdown",
        [DataRequired("Write the policy first."), plain(LONGEST_POLICY, several_lines=True)],
        filters=[markdown],
    )
    after = HiddenField(validators=[Regexp(r"^[1-9][0-9]{0,8}$")])
    seen = HiddenField()


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


class UnlockForm(FlaskForm):  # type: ignore[misc]
    reason = RadioField(
        "What do you need it for?",
        [InputRequired("Choose a reason: it is kept in the audit trail, with your name and the time.")],
        choices=[SelectChoice(reason.value, reason.words) for reason in UnlockReason],
    )


class CancelForm(FlaskForm):  # type: ignore[misc]
    reason = RadioField(
        "Why is it cancelled?",
        [InputRequired("Choose a reason: the customer reads it in the mail.")],
        choices=[SelectChoice(reason.value, reason.words) for reason in Reason],
    )
