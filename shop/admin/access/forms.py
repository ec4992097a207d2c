"""The forms of who may do what at the desk."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from ...days import begin_of, today
from ...passwords import LONGEST
from ...privacy.look_reasons import RARE, USUAL, LookReason
from ...sign_in_tries import LONGEST_EMAIL
from ...typed import given, mail_address, one_line, plain
from .. import personal_data as declared
from ..fields import DayField
from ..models import Role

OTHER = "other"
LONGEST_CODE, LONGEST_NAME = 40, 100


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why something of a customer's is opened: a code, and never free text."""

    reason = RadioField(
        "Why do you open it?",
        [InputRequired("Choose a reason: the customer can read it on their My data page.")],
        choices=[*(SelectChoice(each.value, each.desk_words) for each in USUAL), SelectChoice(OTHER, "Something else")],
    )
    other = SelectField(
        "Something else",
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


class EmailForm(FlaskForm):  # type: ignore[misc]
    """Asks for a mailed link."""

    personal = {"email": declared.EMAIL}
    email = EmailField(
        "E-mail", filters=[one_line], validators=[given(declared.EMAIL), plain(LONGEST_EMAIL), mail_address]
    )


class NewPasswordForm(FlaskForm):  # type: ignore[misc]
    """Another password, by a mailed link."""

    password = _new_password("New password")
    key = HiddenField()


class JoinForm(FlaskForm):  # type: ignore[misc]
    """What somebody chooses who was invited."""

    personal = {"name": declared.NAME}
    name = StringField("Name", filters=[one_line], validators=[given(declared.NAME), plain(LONGEST_NAME)])
    password = _new_password("Password")
    key = HiddenField()


class RoleForm(FlaskForm):  # type: ignore[misc]
    """What somebody does at the desk; a designate has a first and a last day."""

    role = RadioField(
        "What will they do?",
        [InputRequired("Choose a role.")],
        choices=[SelectChoice(role.value, role.words) for role in Role],
    )
    since = DayField("Designated from", [Optional()])
    until = DayField("Designated until", [Optional()])

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        if self.chosen != Role.DESIGNATE:
            return True
        self.since.errors, self.until.errors = _wrong_time(self.since.data, self.until.data)
        return not (self.since.errors or self.until.errors)

    @property
    def chosen(self) -> Role:
        return Role(self.role.data)

    @property
    def designated_from(self) -> datetime | None:
        """The beginning of the first day."""
        return _midnight(self.since.data) if self.chosen == Role.DESIGNATE else None

    @property
    def designated_until(self) -> datetime | None:
        """The end of the last day."""
        return _midnight(self.until.data + timedelta(days=1)) if self.chosen == Role.DESIGNATE else None


class InviteForm(RoleForm):
    personal = {"email": declared.INVITED_EMAIL}
    email = EmailField(
        "E-mail", filters=[one_line], validators=[given(declared.INVITED_EMAIL), plain(LONGEST_EMAIL), mail_address]
    )


def _wrong_time(since: date | None, until: date | None) -> tuple[list[str], list[str]]:
    """What is wrong with each of the two days."""
    missing = [] if since else ["A designate has a first day."]
    if until is None:
        return missing, ["A designate has a last day."]
    if until < today():
        return missing, ["This day is over."]
    return missing, ["The last day is before the first."] if since and until < since else []


def _midnight(day: date) -> datetime:
    return begin_of(day)
