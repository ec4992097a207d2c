"""Days and numbers that somebody types: what cannot be one is told so, and no later check trips over it."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Field, Form
from wtforms.validators import InputRequired, Optional, ValidationError

from shop.admin.fields import DayField, WholeField


class Typed(Form):  # type: ignore[misc]
    day = DayField("Day", [InputRequired("Choose a day.")])
    until = DayField("Until", [Optional()])
    number = WholeField("Number", [Optional()])

    def validate_day(self, field: Field) -> None:
        if field.data.year != 2026:
            raise ValidationError("Not this year.")


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"day": "2026-12-24"}, {}),
        ({"day": "2026-12-24", "until": " ", "number": ""}, {}),
        ({}, {"day": ["Choose a day."]}),
        ({"day": ""}, {"day": ["Choose a day."]}),
        ({"day": "2026-02-30"}, {"day": ["There is no such day. Type year, month and day: 2026-12-24."]}),
        ({"day": "0001-01-01"}, {"day": ["Look at the year: it lies between 1900 and 2199."]}),
        ({"day": "9999-12-31"}, {"day": ["Look at the year: it lies between 1900 and 2199."]}),
        ({"day": "2025-12-24"}, {"day": ["Not this year."]}),
        ({"day": "2026-12-24", "number": "\u00b2"}, {"number": ["Type a whole number, such as 14."]}),
    ],
    ids=str,
)
def test_only_a_day_or_a_number_passes(typed: dict[str, str], wrong: dict[str, Any]) -> None:
    form = Typed(MultiDict(typed))
    assert (form.validate(), form.errors) == (not wrong, wrong)
