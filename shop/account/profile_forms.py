"""A form for each value of the profile that its customer edits in place."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import HiddenField

from ..customers.models import Customer
from ..customers.values import editable, input_type, value_field, written
from ..vault import Personal, version_of


class ProfileForm(FlaskForm):  # type: ignore[misc]
    """One value, under its column's name; `seen` is what it stood at when the form was shown."""

    column: str
    declared: Personal
    seen = HiddenField()

    @property
    def personal(self) -> dict[str, Personal]:
        return {self.column: self.declared}

    @property
    def value(self) -> str | None:
        return self[self.column].data or None

    @property
    def input_type(self) -> str:
        return input_type(self.column)

    def show_again(self, customer: Customer, message: str) -> None:
        """With what was typed, and against what is kept now."""
        self.seen.data = version_of(customer, self.column)
        self[self.column].errors = [message]


def profile_form(column: str, *, customer: Customer) -> ProfileForm:
    """As it was sent, or with what is kept."""
    kept = {column: written(customer, column), "seen": version_of(customer, column)}
    form: ProfileForm = _form_class(column)(data=kept)
    if request.method == "GET":
        form[column].render_kw = {"autofocus": True}
    return form


@lru_cache(maxsize=20)
def _form_class(column: str) -> Any:
    return type(
        "ColumnForm", (ProfileForm,), {"column": column, "declared": editable()[column], column: value_field(column)}
    )
