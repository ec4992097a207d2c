"""What confirms that something is to be removed."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField
from wtforms.validators import InputRequired, Length

from ...passwords import LONGEST

LONGEST_KEY, LONGEST_HASH = 100, 64


class PlanForm(FlaskForm):  # type: ignore[misc]
    """`plan` is the hash of what was shown; `key` the mailed link's, if it was followed."""

    plan = HiddenField(validators=[Length(max=LONGEST_HASH)])
    key = HiddenField(validators=[Length(max=LONGEST_KEY)])


class PasswordPlanForm(PlanForm):
    """With the password, for whoever is signed in."""

    password = PasswordField("Your password", [InputRequired("Type your password."), Length(max=LONGEST)])


class ButtonForm(FlaskForm):  # type: ignore[misc]
    """A button and its token, and the key of the link that led to it."""

    key = HiddenField(validators=[Length(max=LONGEST_KEY)])
