"""The form before printing."""

from __future__ import annotations

from datetime import date, datetime

from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from ...config import settings
from ...config_checks import LABEL_SHEETS
from ...days import day_of, end_of_day
from ...paper.services import default_destroy_by
from ...typed import one_line, plain
from ..fields import DayField
from .labels import A_SHEET

LABEL_SIZES = dict(
    zip(LABEL_SHEETS, ("A4 sheet, 3 × 8 labels of 70 × 37 mm", "4 × 6 inches, one label each"), strict=True)
)
LONGEST_PLACE = 80


def _default_day() -> date:
    return day_of(default_destroy_by())


class PrintForm(FlaskForm):  # type: ignore[misc]
    location = StringField(
        "Where the paper lies",
        [InputRequired("Say where it lies: a paper without a place is lost."), plain(LONGEST_PLACE)],
        filters=[one_line],
        default=lambda: settings().paper_place,
    )
    destroy_by = DayField(
        "Destroyed by",
        [InputRequired("Say by which day it is destroyed: no paper is kept for ever.")],
        default=_default_day,
    )
    size = RadioField(
        "Paper in the printer",
        [Optional()],
        choices=[SelectChoice(code, words) for code, words in LABEL_SIZES.items()],
        default=lambda: settings().label_sheet,
    )
    first = IntegerField(
        "First free label of the sheet",
        [Optional(), NumberRange(1, A_SHEET, f"Type a number from 1 to {A_SHEET}, counted row by row.")],
        default=1,
    )

    @property
    def destroy_by_moment(self) -> datetime:
        return end_of_day(self.destroy_by.data)
