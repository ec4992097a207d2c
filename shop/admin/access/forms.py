"""The forms of who may do what at the desk."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from ...passwords import LONGEST
from ...privacy.look_reasons import RARE, USUAL, LookReason
from ...typed import one_line

OTHER = "other"
LONGEST_CODE = 40


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


def _current_password(label: str = "Your password") -> PasswordField:
    return PasswordField(label, [InputRequired("Type your password."), Length(max=LONGEST)])


def _new_password(label: str) -> PasswordField:
    return PasswordField(label, [InputRequired("Choose a password."), Length(max=LONGEST)])


def _code() -> StringField:
    return StringField("Code", [InputRequired("Type the code."), Length(max=LONGEST_CODE)], filters=[one_line])


class CodeForm(FlaskForm):  # type: ignore[misc]
    """The second half of a sign-in, or the first code of a new app."""

    code = _code()


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """The password once more, before what must not happen by a borrowed browser."""

    password = _current_password()


class ProofForm(PasswordForm):
    """The password and a code, before the second factor changes."""

    code = _code()


class ChangePasswordForm(FlaskForm):  # type: ignore[misc]
    current = _current_password("Present password")
    password = _new_password("New password")
