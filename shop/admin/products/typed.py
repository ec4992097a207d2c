"""Numbers and prices as somebody types them into the desk's forms."""

from __future__ import annotations

import re

from ...money import WrongAmount, read_amount
from ...typed import is_unwanted, one_line

LARGEST = 2**31 - 1


class WrongNumber(ValueError):
    """What was typed is no number; the message says why."""


def printable(text: str | None) -> str:
    """One line without what cannot be printed."""
    return one_line("".join(letter for letter in text or "" if letter == "\t" or not is_unwanted(letter)))


def printable_lines(text: str | None) -> str:
    """The same for Markdown, whose lines stay as they are."""
    kept = (text or "").replace("\r\n", "\n").replace("\r", "\n").expandtabs(4)
    return "\n".join(_without_unwanted(line).rstrip() for line in kept.split("\n")).strip("\n")


def _without_unwanted(line: str) -> str:
    return "".join(letter for letter in line if not is_unwanted(letter))


def read_number(text: str) -> int | None:
    """A whole number, perhaps below zero; None when nothing was typed. Raises WrongNumber."""
    bare = re.sub(r"[\s.,'\u00a0\u202f\u2019](?=\d{3}\b)", "", text).replace("\u2212", "-").strip()
    if not bare:
        return None
    if not re.fullmatch(r"[+-]?\d{1,12}", bare) or abs(int(bare)) > LARGEST:
        raise WrongNumber("This is not a whole number such as 12.")
    return int(bare)


def read_price(text: str, *, may_be_empty: bool = False) -> int | None:
    """Minor units. Raises WrongNumber."""
    if not text:
        if may_be_empty:
            return None
        raise WrongNumber("A price is missing; nothing at all is 0.")
    try:
        return read_amount(text)
    except WrongAmount as wrong:
        raise WrongNumber(str(wrong)) from wrong
