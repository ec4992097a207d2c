"""Forms that know what they were begun with, so that nobody's change is overwritten unseen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField

TOLD = "Somebody saved this page meanwhile, or you did in another tab. Nothing was overwritten: what you typed stands "
TOLD += "below. Put in what you want to keep, then save again."


class SeenForm(FlaskForm):  # type: ignore[misc]
    """`as_shown` is the mark of the values that it was begun with."""

    as_shown = HiddenField()

    def is_of(self, values: Mapping[str, Any]) -> bool:
        """Whether these are what it was begun with; a program that sends no mark has been shown nothing."""
        return not self.as_shown.data or self.as_shown.data == mark(values)

    def say_what_changed(self, now: Mapping[str, Any]) -> list[str]:
        """What is otherwise than typed here, in sentences; whoever saves after reading them means it."""
        self.as_shown.data = mark(now)
        return [TOLD, *self._differences(now)]

    def _differences(self, now: Mapping[str, Any]) -> Iterator[str]:
        for name, value in now.items():
            label = self[name].label.text
            if _plain(self[name].data) == _plain(value):
                continue
            yield f"{label} is now “{_shown(self[name], value)}”."


def begun_with(values: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a form that shows these values."""
    return {**values, "as_shown": mark(values)}


def mark(values: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()[:16]


def _plain(value: Any) -> str:
    if isinstance(value, list):
        rows = (
            ", ".join(str(each) for each in row.values() if each) if isinstance(row, dict) else row for row in value
        )
        return "; ".join(row for row in rows if row)
    return "" if value is None or value is False else str(value).replace("\r\n", "\n")


def _shown(field: Any, value: Any) -> str:
    if isinstance(value, list):
        return _plain(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    choices = {choice[0]: choice[1] for choice in field.iter_choices()} if hasattr(field, "iter_choices") else {}
    return str(choices.get(value, "" if value is None else value))
