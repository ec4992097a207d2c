"""The form of a hand-over."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from ...disclosures.models import AgainReason


class HandOverForm(FlaskForm):  # type: ignore[misc]
    to = HiddenField()
    again = SelectField(
        "Why once more?",
        [Optional()],
        choices=[
            SelectChoice("", "Choose…"),
            *(SelectChoice(each.value, each.words.capitalize()) for each in AgainReason),
        ],
        description="Only for orders that they were given before. The customer reads the reason under My data.",
    )
    excel = BooleanField("For Excel: mark the file as UTF-8")
