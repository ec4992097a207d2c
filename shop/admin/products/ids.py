"""The order that a form brings: dragged, as a list of ids, or moved one place by a button."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...catalogue.shelving import moved_by
from ...web import LARGEST_ID

STEPS = {"earlier": -1, "later": 1, "first": -LARGEST_ID}
IDS_AT_MOST = 500


def ids_in(form: Any, present: Sequence[int]) -> list[int]:
    """`move` is a button, as "earlier-7"; without one, `order` names the ids as they are to stand."""
    to, _, text = form.get("move", "").partition("-")
    moving = row_id(text)
    if to in STEPS and moving is not None:
        return moved_by(present, moving, step=STEPS[to])
    return [each for each in map(row_id, form.getlist("order")[:IDS_AT_MOST]) if each is not None]


def row_id(text: str | None) -> int | None:
    """The id that a form's field holds; None for anything else."""
    is_id = text is not None and text.isascii() and text.isdigit() and int(text) <= LARGEST_ID
    return int(text) if is_id and text else None
