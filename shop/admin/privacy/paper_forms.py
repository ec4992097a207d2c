"""The forms of the register of paper."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from ... import clock
from ...config import settings
from ...days import day_of, end_of_day
from ...paper.models import Document, How
from ...typed import one_line, plain
from ..fields import DayField

LONGEST_PLACE, LONGEST_REFERENCE = 80, 254
BY_HAND = (Document.LETTER, Document.IDENTITY, Document.FORM, Document.OTHER)


def _first_day() -> date:
    return day_of(clock.now() + timedelta(days=settings().keep_paper_days))


class AttestForm(FlaskForm):  # type: ignore[misc]
    """That papers are gone, how, and whose word that is."""

    how = RadioField(
        "What became of them?",
        [InputRequired("Say what became of them.")],
        choices=[SelectChoice(how.value, how.words.capitalize()) for how in How],
    )
    signed = StringField(
        "Signed",
        [InputRequired("Sign with your own name, as it stands in your account at this desk."), plain(LONGEST_PLACE)],
        filters=[one_line],
        description="Type your own name. It says that you saw to it yourself, and it goes into the audit trail.",
    )


class PaperForm(FlaskForm):  # type: ignore[misc]
    """A paper that came in, or was written by hand."""

    document = SelectField(
        "What it is",
        [InputRequired("Say what it is.")],
        choices=[SelectChoice(each.value, each.words.capitalize()) for each in BY_HAND],
    )
    reference = StringField(
        "Whom it is about",
        [InputRequired("Say whom it is about."), plain(LONGEST_REFERENCE)],
        filters=[one_line],
        description="The number of an order or of a case, or the e-mail of an account. Only a reference to it is kept.",
    )
    location = StringField(
        "Where it lies",
        [InputRequired("Say where it lies: a paper without a place is lost."), plain(LONGEST_PLACE)],
        filters=[one_line],
        description="Such as: Cabinet 2, locked.",
    )
    keyholder = SelectField("Who has the key", [InputRequired("Say who has the key.")], coerce=int)
    destroy_by = DayField(
        "Destroyed by",
        [InputRequired("Say by which day it is destroyed: no paper is kept for ever.")],
        default=_first_day,
    )

    @property
    def destroy_by_moment(self) -> datetime:
        return end_of_day(self.destroy_by.data)
