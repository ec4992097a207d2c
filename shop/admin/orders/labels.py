"""Address labels: how small an address is set so that it fits, and which places of a sheet are used already."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from math import ceil

from ...orders.in_work import Work

A_SHEET = 24
# How many letters go into a line, and lines on a label of 70 × 37 mm, at each size of letters.
_SIZES = (("normal", 32, 5), ("small", 42, 7), ("smaller", 54, 9))


def fit_of(lines: Sequence[str]) -> str:
    """The largest size at which an address fits."""
    for size, letters, most in _SIZES:
        if sum(max(1, ceil(_width(line) / letters)) for line in lines) <= most:
            return size
    return "smallest"


def _width(line: str) -> float:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1.4 if letter.isupper() else 1 for letter in line)


def places_of(works: Sequence[Work], *, first: int) -> list[Work | None]:
    """What stands on each label of the sheets: nothing on those before the `first` that is free."""
    return [*([None] * (first - 1)), *works]
