"""Countries, regions and postcodes as delivery methods and tax zones name them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)
class Destination:
    """Where an order goes: country and region by their codes ("US", "CA"), a postcode as it was typed."""

    country: str
    region: str = ""
    postcode: str = ""


def normal_postcode(text: str) -> str:
    """ "sw1a 1aa" -> "SW1A1AA": letters and digits alone, however they were typed."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).upper() if letter.isalnum())


def is_within(postcode: str, area: str) -> bool:
    """Whether a postcode begins with one of the area's prefixes, or with something in one of its ranges ("900-908")."""
    wanted = normal_postcode(postcode)
    return bool(wanted) and any(_matches(wanted, part) for part in area.upper().split())


def _matches(postcode: str, part: str) -> bool:
    low, dash, high = part.partition("-")
    if not dash:
        return postcode.startswith(low)
    start = postcode[: len(low)]
    return len(start) == len(low) == len(high) and low <= start <= high
