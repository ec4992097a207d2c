"""The orders that a list or a link chose."""

from __future__ import annotations

import re

from flask import request

from ...orders.in_work import MOST_AT_ONCE


def chosen_numbers() -> list[str]:
    """However they were said: `numbers` several times, or parted by commas or blanks; never too many to look up."""
    said = request.values.getlist("numbers")
    return [number for part in said for number in re.split(r"[,\s]+", part) if number][: MOST_AT_ONCE * 2]
