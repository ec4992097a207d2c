"""The order that a form brings: dragged, as a list of ids, moved one place by a button, or numbered."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from ...catalogue.shelving import moved_by, rearranged
from ...web import LARGEST_ID, number_in

STEPS = {"earlier": -1, "later": 1, "first": -LARGEST_ID}
IDS_AT_MOST = 500
_NUMBERED = re.compile(r"place-(\d{1,18})-(\d{1,9})", re.ASCII)


def ids_in(form: Any, present: Sequence[int]) -> list[int]:
    """All of the `present` ids as they are to stand.

    `move` is a button, as "earlier-7". Without one, a field "place-7-3" is the number that somebody has written where
    7 stood third, and `order` names ids in the order in which they were dragged.
    """
    if (pressed := _pressed(form)) is not None:
        return moved_by(present, pressed[1], step=STEPS[pressed[0]])
    numbered = [(wanted, moving) for wanted, moving in sorted(_numbered(form)) if moving in present]
    ids = list(present)
    for wanted, moving in numbered:
        ids.remove(moving)
        ids.insert(wanted - 1, moving)
    return ids if numbered else rearranged(present, _dragged(form))


def moving_in(form: Any) -> list[int]:
    """The ids that the form itself moves; all others make way."""
    if (pressed := _pressed(form)) is not None:
        return [pressed[1]]
    return [moving for _, moving in _numbered(form)] or _dragged(form)


def _pressed(form: Any) -> tuple[str, int] | None:
    to, _, text = form.get("move", "").partition("-")
    moving = number_in(text)
    return (to, moving) if to in STEPS and moving is not None else None


def _dragged(form: Any) -> list[int]:
    return [each for each in map(number_in, form.getlist("order")[:IDS_AT_MOST]) if each is not None]


def _numbered(form: Any) -> Iterator[tuple[int, int]]:
    """The new number, and whose it is."""
    for name, text in list(form.items())[: 3 * IDS_AT_MOST]:
        named, wanted = _NUMBERED.fullmatch(name), number_in(text.strip())
        if named and wanted and wanted != int(named[2]):
            yield wanted, int(named[1])
