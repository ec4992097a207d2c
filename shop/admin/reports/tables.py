"""A report as a table: the same rows on the page, on paper and in the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ...money import as_decimal, money, percent


class Kind(StrEnum):
    TEXT = "text"
    COUNT = "count"
    MONEY = "money"
    RATE = "rate"


@dataclass(frozen=True)
class Column:
    words: str
    kind: Kind = Kind.TEXT
    # On narrow screens the table becomes a list: a column that says what the row is needs no name there.
    is_main: bool = False


@dataclass(frozen=True)
class Cell:
    """`value` is text, a count, cents or parts per million, as its column says; `url` opens what is behind it."""

    value: str | int
    url: str = ""


Row = Sequence[Cell]


@dataclass(frozen=True)
class Table:
    """`name` names its file. `total` is the sum of all rows, also of those that a page leaves out because they are more
    than it shows."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Iterable[Row]
    total: Row | None = None
    explain: Sequence[str] = ()
    currency: str = ""
    has_more: bool = False
    empty: str = "Nothing in this period."

    def shown(self, column: Column, cell: Cell) -> str:
        if isinstance(cell.value, str):
            return cell.value
        if column.kind == Kind.MONEY:
            return money(cell.value, self.currency)
        return percent(cell.value) if column.kind == Kind.RATE else f"{cell.value:,}"

    def plain(self) -> Iterator[list[str]]:
        """Its rows for a file: numbers bare, with a point."""
        for row in self.rows:
            yield [self._bare(column, cell) for column, cell in zip(self.columns, row, strict=True)]

    def _bare(self, column: Column, cell: Cell) -> str:
        if isinstance(cell.value, str):
            return cell.value
        if column.kind == Kind.MONEY:
            return str(as_decimal(cell.value, self.currency))
        return str(cell.value / 10_000) if column.kind == Kind.RATE else str(cell.value)


def text(words: str) -> Column:
    return Column(words, is_main=True)


def more(words: str) -> Column:
    return Column(words)


def count(words: str) -> Column:
    return Column(words, Kind.COUNT)


def cents(words: str) -> Column:
    return Column(words, Kind.MONEY)


def rate(words: str) -> Column:
    return Column(words, Kind.RATE)


def cells(*values: str | int | tuple[str | int, str]) -> Row:
    """Each a value, or a value and where it leads."""
    return [Cell(*value) if isinstance(value, tuple) else Cell(value) for value in values]
