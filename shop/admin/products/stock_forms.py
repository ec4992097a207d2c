"""The form that puts a variant's stock right."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Regexp, ValidationError

from ...catalogue.checking import STOCK_AT_MOST
from ...catalogue.stock import Reason
from .typed import WrongNumber, printable, read_number

REASONS = {
    Reason.RECEIVED: ("Came in", "so many more"),
    Reason.COUNTED: ("Counted", "there are so many on the shelf"),
    Reason.DAMAGED: ("Damaged or lost", "so many fewer"),
    Reason.RETURNED: ("Came back", "so many more"),
    Reason.CORRECTION: ("Correction", "with a + or a −"),
}


class StockForm(FlaskForm):  # type: ignore[misc]
    # Names this one change, so that pressing twice makes it once.
    ref = HiddenField(validators=[Regexp(r"[0-9a-f]{16}\Z", message="Please press the button again.")])
    reason = RadioField(
        "What happened?",
        [InputRequired("Choose what happened: the ledger keeps it.")],
        choices=[SelectChoice(reason.value, words) for reason, (words, _) in REASONS.items()],
    )
    number = StringField("How many?", [InputRequired("Type a number.")], filters=[printable])

    read: int

    def validate_number(self, field: StringField) -> None:
        try:
            number = read_number(field.data)
        except WrongNumber as wrong:
            raise ValidationError(str(wrong)) from wrong
        if number is None or abs(number) > STOCK_AT_MOST:
            raise ValidationError(f"A number up to {STOCK_AT_MOST:,} will do.")
        if self.reason.data == Reason.CORRECTION and number == 0:
            raise ValidationError("Nothing would change.")
        if self.reason.data == Reason.COUNTED and number < 0:
            raise ValidationError("Count what is there: 0 or more.")
        if self.reason.data in {Reason.RECEIVED, Reason.DAMAGED, Reason.RETURNED} and number < 1:
            raise ValidationError("1 or more; what happened says whether it comes or goes.")
        self.read = number
