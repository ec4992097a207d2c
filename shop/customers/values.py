"""The values of a profile that are edited in place: how each is typed and checked, whoever types it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from wtforms import Form, StringField

from ..addresses.fields import PART_AT_MOST, text
from ..config import settings
from ..phones import international
from ..typed import Check, given, may_be_left_out, phone_number, plain
from ..vault import Editor, Personal, declarations
from .edits import CHANGED_BY_LINK
from .models import Customer

PHONE_AT_MOST = 30


def _country(_form: Form) -> str:
    return settings().country


# What is asked of a value besides that it is there and not too long; of most nothing is.
CHECKS: dict[str, tuple[Check, ...]] = {"phone": (plain(PHONE_AT_MOST), phone_number(_country))}
TYPES = {"phone": "tel"}
# How a value that is kept stands in its form.
WRITTEN: dict[str, Callable[[str], str]] = {"phone": international}


@lru_cache(maxsize=1)
def editable() -> dict[str, Personal]:
    """The values, by column."""
    return {
        declared.field.name: declared.personal
        for declared in declarations()
        if declared.model is Customer
        and declared.personal.editable_by is Editor.CUSTOMER
        and declared.field.name not in CHANGED_BY_LINK
    }


def value_field(column: str) -> Any:
    """The form field that one of them is typed into."""
    declared = editable()[column]
    first = given(declared) if declared.required else may_be_left_out
    return text(StringField, [first, *CHECKS.get(column, (plain(PART_AT_MOST),))])


def input_type(column: str) -> str:
    """Of the HTML input; "" for plain text."""
    return TYPES.get(column, "")


def written(customer: Customer, column: str) -> str:
    """A value that is kept, as it is typed; "" for none."""
    kept = getattr(customer, column)
    return WRITTEN.get(column, str)(kept) if kept else ""
