"""The forms of what people ask for by letter or in the shop, and of what is withheld from them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask_wtf import FlaskForm
from wtforms import EmailField, Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from ...days import begin_of, today
from ...privacy import personal_data as declared
from ...privacy.models import Ground, Proof, Way
from ...privacy.services.restricting import REASON_AT_LEAST
from ...privacy.tables import SECTIONS, TABLES
from ...typed import lines, mail_address, one_line, plain
from ...web import LARGEST_ID
from ..fields import DayField, WholeField, amount

LONGEST_REASON = 500
(as_cents,) = amount(may_be_empty=True)
LONGEST_RESTRICTION = timedelta(days=366)


class RequestForm(FlaskForm):  # type: ignore[misc]
    """Somebody wrote, called or came in."""

    personal = {"email": declared.REQUEST_EMAIL}

    email = EmailField(
        "E-mail on file", [InputRequired("Type the e-mail."), mail_address], filters=[one_line], id="request-email"
    )
    proof = RadioField(
        "How do you know that it is they?",
        [InputRequired("Choose how you made sure who is asking.")],
        choices=[SelectChoice(proof.value, proof.words.capitalize()) for proof in Proof],
    )
    way = RadioField(
        "How do they get it?",
        [InputRequired("Choose how it is handed over.")],
        choices=[
            SelectChoice(Way.MAIL.value, "Mail a link to the address on file"),
            SelectChoice(Way.PRINT.value, "Show it here, to print"),
        ],
    )


class RestrictForm(FlaskForm):  # type: ignore[misc]
    """What is withheld from whom, why and until when."""

    personal: dict[str, Any] = {"email": declared.RESTRICTED_EMAIL, "reason": declared.REASON}

    email = EmailField(
        "Whom is it about? Their e-mail",
        [InputRequired("Type the e-mail."), mail_address],
        filters=[one_line],
        id="restricted-email",
    )
    of_table = SelectField("What is withheld", [InputRequired("Choose what is withheld.")])
    row_id = WholeField(
        "Only one of them: its number, as it stands where you show it to print",
        [Optional(), NumberRange(min=1, max=LARGEST_ID)],
    )
    ground = RadioField(
        "On which ground?",
        [InputRequired("Choose one of the policy’s five grounds.")],
        choices=[SelectChoice(ground.value, f"Because {ground.words}") for ground in Ground],
    )
    quoted = StringField("For its cost: the amount that the person was told it would be", filters=[one_line])
    reason = TextAreaField(
        "The reason, as the person will read it",
        [
            InputRequired("Type the reason."),
            Length(min=REASON_AT_LEAST, message="Say it in a sentence."),
            plain(LONGEST_REASON, several_lines=True),
        ],
        filters=[lines],
    )
    until = DayField("Shown again from", [InputRequired("Choose the day on which it ends by itself.")])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = {section.name: section.title for section in SECTIONS}
        self.of_table.choices = [
            SelectChoice("", "Choose…"),
            *(SelectChoice(name, f"{titles[table.section]}: {table.one}") for name, table in TABLES.items()),
        ]

    def validate_until(self, field: Field) -> None:
        if not today() < field.data <= today() + LONGEST_RESTRICTION:
            raise ValidationError("Choose a day from tomorrow on, and within a year: then it is looked at again.")

    def validate_quoted(self, field: Field) -> None:
        if self.ground.data == Ground.COST and not field.data:
            raise ValidationError("Before anything is withheld for its cost, tell the person how much it would be.")
        as_cents(self, field)
        if (field.cents or 0) > LARGEST_ID:
            raise ValidationError("Nobody was told as much as that.")

    @property
    def until_moment(self) -> datetime:
        """The beginning of that day in the shop's time zone."""
        return begin_of(self.until.data)
