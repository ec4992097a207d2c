"""Text as rows under headings: the delimiter found out, rows numbered as a spreadsheet numbers them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from ...spreadsheets import column_letters, undefused
from .decoding import Refused
from .wanted import Problem

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
ROWS_AT_MOST = 50_000
COLUMNS_AT_MOST = 500
LETTERS_IN_A_CELL = 200_000
_QUOTES = (
    "A cell with a comma, a quotation mark or a new line in it stands in quotation marks; inside, write each twice."
)


@dataclass(frozen=True, slots=True)
class Row:
    """`row["price"]` is the cell as it was typed, "" where the row has none, None where the file lacks the column."""

    number: int
    cells: list[str]
    columns: dict[str, int]

    def __getitem__(self, name: str) -> str | None:
        cell = self.whole(name)
        return None if cell is None else cell.strip(" \u00a0")

    def whole(self, name: str) -> str | None:
        """The same with the blanks at its ends, which mean something in Markdown."""
        place = self.columns.get(name)
        if place is None:
            return None
        return undefused(self.cells[place]) if place < len(self.cells) else ""

    def text(self, name: str) -> str:
        return self[name] or ""


@dataclass
class Table:
    """`headings` are as they stand in the file, `columns` their plain names with where each is."""

    delimiter: str
    headings: list[str]
    columns: dict[str, int]
    rows: list[Row]
    problems: list[Problem] = field(default_factory=list)

    def heading(self, *names: str) -> str:
        """How the file itself spells the first of these that it has."""
        place = next((self.columns[name] for name in names if name in self.columns), None)
        return names[0] if place is None else self.headings[place].strip("\ufeff ")

    def spelled(self, name: str) -> str:
        """A column's name as the file spells it, whichever way it is written here."""
        return self.heading(plain(name)) if plain(name) in self.columns else name

    def rename(self, called: Callable[[str], str]) -> None:
        """Call columns otherwise; of two that are called alike then, the first counts."""
        places = list(self.columns.items())
        # The rows have this very dictionary.
        self.columns.clear()
        for name, place in places:
            self.columns.setdefault(called(name), place)


def plain(heading: str) -> str:
    """A heading without what does not matter: capitals, blanks at its ends, a mark at the file's beginning."""
    return re.sub(r"\s+", " ", undefused(heading).replace("\ufeff", " ").replace("\u00a0", " ")).strip().casefold()


def read_table(text: str, known: Collection[str]) -> Table:
    """`known` are the plain headings of every format; raises Refused when no row can be had from the text."""
    problems = []
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        text = text.replace("\0", "")
        problems.append(
            Problem(line, "", "There were zero bytes here. They were taken out: look at this row.", "", False)
        )
    text, delimiter = _delimiter(text, known)
    records = _records(text, delimiter)
    number, headings = next(((number, cells) for number, cells in records if _has_something(cells)), (0, []))
    if not headings:
        raise Refused("There are no headings in this file.", "The first row must name the columns.")
    table = Table(delimiter, headings, _columns(headings, known, number), [], problems)
    for number, cells in records:
        if _has_something(cells):
            table.rows.append(Row(number, _cut(cells, table, number), table.columns))
        if len(table.rows) > ROWS_AT_MOST:
            raise Refused(
                f"There are more than {ROWS_AT_MOST:,} rows.", "Cut the file into several, each with the headings."
            )
    return table


def _delimiter(text: str, known: Collection[str]) -> tuple[str, str]:
    """The text without Excel's own first line, and the sign that makes the most headings out of the first row."""
    told = re.match(r"\ufeff?sep=(.)\r?\n", text, re.IGNORECASE)
    if told and told[1] in DELIMITERS:
        # Rows keep their numbers.
        return "\n" + text[told.end() :], told[1]
    lines = text.lstrip("\ufeff\r\n ;,\t|")[:20_000]

    def headings(delimiter: str) -> tuple[int, int]:
        try:
            first = next(csv.reader(io.StringIO(lines), delimiter=delimiter), [])
        except csv.Error:
            return (0, 0)
        return len({plain(cell) for cell in first} & set(known)), len(first)

    return text, max(DELIMITERS, key=headings)


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(LETTERS_IN_A_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            said = "A quotation mark opens a cell and nothing closes it, or letters follow the one that closes it."
            if "limit" in str(error):
                said = (
                    f"A cell here is longer than {LETTERS_IN_A_CELL:,} letters. Perhaps a quotation mark is not closed."
                )
            raise Refused(f"{said} (Line {reader.line_num} of the file.)", _QUOTES, row=number) from None


def _has_something(cells: list[str]) -> bool:
    return any(cell.strip("\ufeff\u00a0 \t") for cell in cells)


def _columns(headings: list[str], known: Collection[str], number: int) -> dict[str, int]:
    if len(headings) > COLUMNS_AT_MOST:
        raise Refused(f"There are more than {COLUMNS_AT_MOST:,} columns.", "Is this a table of products?", row=number)
    columns: dict[str, int] = {}
    for place, heading in enumerate(headings):
        name = plain(heading)
        if name in columns and name in known:
            raise Refused(
                f"Two columns are called “{heading.strip()}”: column {column_letters(columns[name])} and "
                f"column {column_letters(place)}.",
                "Keep the one that is right, delete or rename the other.",
                row=number,
                column=heading.strip(),
            )
        if name:
            columns.setdefault(name, place)
    return columns


def _cut(cells: list[str], table: Table, number: int) -> list[str]:
    """No more cells than headings; a row that has more is likely one whose comma wanted quotation marks."""
    width = len(table.headings)
    if _has_something(cells[width:]):
        said = f"This row has {len(cells)} cells, and there are {width} headings."
        table.problems.append(Problem(number, "", said, _QUOTES))
    elif len(cells) < width and len(cells) <= max(table.columns.values()):
        said = f"This row ends after {len(cells)} of {width} cells. Those that are missing are taken as empty."
        table.problems.append(Problem(number, "", said, is_error=False))
    # Exports have hundreds of columns that are empty at the end of every row.
    while cells and (len(cells) > width or not cells[-1]):
        cells.pop()
    return cells
