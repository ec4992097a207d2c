"""The forms of who may do what at the desk."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from ...privacy.look_reasons import RARE, USUAL, LookReason

OTHER = "other"


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why something of a customer's is opened: a code, and never free text."""

    reason = RadioField(
        "Why do you open it?",
        [InputRequired("Choose a reason: the customer can read it on their My data page.")],
        choices=[*(SelectChoice(each.value, each.desk_words) for each in USUAL), SelectChoice(OTHER, "Something else")],
    )
    other = SelectField(
        "If it is something else, what?",
        choices=[SelectChoice("", "Choose…"), *(SelectChoice(each.value, each.desk_words) for each in RARE)],
    )
    next = HiddenField()

    def validate_other(self, field: SelectField) -> None:
        if self.reason.data == OTHER and not field.data:
            raise ValidationError("Choose what it is.")

    @property
    def chosen(self) -> LookReason:
        return LookReason(self.other.data if self.reason.data == OTHER else self.reason.data)
