"""The fields of the desk's forms that WTForms has not, or that it answers in words of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from wtforms import DateField, Field, Form, IntegerField
from wtforms.validators import StopValidation, ValidationError

from ..money import WrongAmount, read_amount

# A day outside of these is a slip; at the ends of what Python can count there is no such moment in every time zone.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)

Check = Callable[[Form, Field], None]


class DayField(DateField):  # type: ignore[misc]
    """A day. Checks that come after it are asked about days alone: whatever is none stops there."""

    def __init__(self, label: str, validators: Any = None, **options: Any) -> None:
        said = "There is no such day. Type year, month and day: 2026-12-24."
        super().__init__(label, validators, invalid_value_message=said, **options)

    def pre_validate(self, form: Form) -> None:
        if _is_unread(self):
            raise StopValidation
        if self.data is not None and not FIRST_DAY <= self.data <= LAST_DAY:
            raise StopValidation(f"Look at the year: it lies between {FIRST_DAY.year} and {LAST_DAY.year}.")


class WholeField(IntegerField):  # type: ignore[misc]
    """A whole number, in the same way."""

    def __init__(self, label: str, validators: Any = None, **options: Any) -> None:
        super().__init__(label, validators, invalid_value_message="Type a whole number, such as 14.", **options)

    def pre_validate(self, form: Form) -> None:
        if _is_unread(self):
            raise StopValidation


def _is_unread(field: Field) -> bool:
    """Whether something was typed that is nothing of the kind; what was left empty is for the validators."""
    return bool(field.process_errors) and any(text.strip() for text in field.raw_data or ())


def amount(*, may_be_empty: bool = False) -> list[Check]:
    """`field.cents` is what was typed, None for nothing."""

    def check(_form: Form, field: Field) -> None:
        field.cents = None
        if not field.data:
            if may_be_empty:
                raise StopValidation
            raise StopValidation("Type an amount; 0 for nothing.")
        try:
            field.cents = read_amount(field.data)
        except WrongAmount as wrong:
            raise ValidationError(str(wrong)) from wrong

    return [check]
