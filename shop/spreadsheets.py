"""Tables for other people's spreadsheets, in which no cell is taken for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

BYTE_ORDER_MARK = "\ufeff"
# What makes a spreadsheet take a cell for a formula, in its full-width shape too.
_FORMULA = "=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20"
_TO_DEFUSE = re.compile(f"'*[{_FORMULA}]")
_DEFUSED = re.compile(f"''*[{_FORMULA}]")
# What is below nothing is a number, and not taken for anything else.
_BELOW_NOTHING = re.compile(r"-\d+(\.\d+)?", re.ASCII)


def defused(text: str, *, but_numbers: bool = False) -> str:
    """The text, with an apostrophe before it if a spreadsheet would run it; `undefused` takes just that away again.

    In a table of figures what is below nothing stays a number: those go through `but_numbers`.
    """
    is_number = but_numbers and _BELOW_NOTHING.fullmatch(text)
    return f"'{text}" if _TO_DEFUSE.match(text) and not is_number else text


def undefused(text: str) -> str:
    return text[1:] if _DEFUSED.match(text) else text


def column_letters(place: int) -> str:
    """As spreadsheets count their columns, from 0 on: A … Z, AA, AB …"""
    letters, place = "", place + 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[str]], *, is_for_excel: bool = False) -> Iterator[str]:
    """A CSV file as RFC 4180 describes it, line by line. Excel knows by the mark at its beginning that it is UTF-8."""
    if is_for_excel:
        yield BYTE_ORDER_MARK
    for row in (columns, *rows):
        yield _line([defused(cell, but_numbers=True) for cell in row])


def _line(cells: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue()
