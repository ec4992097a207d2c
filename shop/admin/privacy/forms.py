"""The forms of what customers are owed about their data."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField
from wtforms.validators import DataRequired, Regexp

from ...typed import markdown, paragraphs, plain

LONGEST_ANSWER, LONGEST_POLICY = 10_000, 100_000


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
