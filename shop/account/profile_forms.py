"""A form for each value of the profile that its customer edits in place."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import Form, HiddenField, StringField

from ..addresses.fields import PART_AT_MOST, text
from ..config import settings
from ..customers.edits import CHANGED_BY_LINK
from ..customers.models import Customer
from ..phones import international
from ..typed import Check, given, may_be_left_out, phone_number, plain
from ..vault import Editor, Personal, declarations, version_of

PHONE_AT_MOST = 30


def _country(_form: Form) -> str:
    return settings().country


# What is asked of a value besides that it is there and not too long; of most nothing is.
CHECKS: dict[str, tuple[Check, ...]] = {"phone": (plain(PHONE_AT_MOST), phone_number(_country))}
TYPES = {"phone": "tel"}
# How a value that is kept stands in its form.
WRITTEN: dict[str, Callable[[str], str]] = {"phone": international}


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
        return TYPES.get(self.column, "")

    def show_again(self, customer: Customer, message: str) -> None:
        """With what was typed, and against what is kept now."""
        self.seen.data = version_of(customer, self.column)
        self[self.column].errors = [message]


@lru_cache(maxsize=1)
def editable() -> dict[str, Personal]:
    """The profile's values that are edited in place, by column."""
    return {
        declared.field.name: declared.personal
        for declared in declarations()
        if declared.model is Customer
        and declared.personal.editable_by is Editor.CUSTOMER
        and declared.field.name not in CHANGED_BY_LINK
    }


def profile_form(column: str, *, customer: Customer) -> ProfileForm:
    """As it was sent, or with what is kept."""
    kept = {column: written(customer, column), "seen": version_of(customer, column)}
    form: ProfileForm = _form_class(column)(data=kept)
    if request.method == "GET":
        form[column].render_kw = {"autofocus": True}
    return form


def written(customer: Customer, column: str) -> str:
    """A value that is kept, as it is typed; "" for none."""
    kept = getattr(customer, column)
    return WRITTEN.get(column, str)(kept) if kept else ""


@lru_cache(maxsize=20)
def _form_class(column: str) -> Any:
    declared = editable()[column]
    first = given(declared) if declared.required else may_be_left_out
    checks = [first, *CHECKS.get(column, (plain(PART_AT_MOST),))]
    return type(
        "ColumnForm", (ProfileForm,), {"column": column, "declared": declared, column: text(StringField, checks)}
    )
