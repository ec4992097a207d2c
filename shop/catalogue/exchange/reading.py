"""What the readers of the formats share: the table, how its numbers are written, cells with their problems."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from .cells import Unreadable, decimal_sign, grams, one_line, price, several_lines, whole, yes_or_no
from .tables import Row, Table
from .wanted import WantedProduct

Value = TypeVar("Value")


@dataclass
class Reading:
    """A table, and the currency's `digits`."""

    table: Table
    digits: int
    prices: tuple[str, ...] = ()
    usual_sign: str = ""
    weight_unit: str = "g"
    sign: str = ""

    def __post_init__(self) -> None:
        prices = (row.text(name) for row in self.table.rows for name in self.prices if name in self.table.columns)
        self.sign = decimal_sign(prices, self.digits) or self.usual_sign

    def has(self, name: str) -> bool:
        return name in self.table.columns

    def first(self, rows: Sequence[Row], *names: str) -> str | None:
        """The first of these columns' cells that is not empty, looking down a product's rows; None without a column."""
        found = [cell for row in rows for name in names if (cell := row[name]) is not None]
        return next(filter(None, found), "") if found else None

    def line(self, rows: Sequence[Row], *names: str) -> str | None:
        cell = self.first(rows, *names)
        return None if cell is None else one_line(cell)

    def lines(self, rows: Sequence[Row], name: str) -> str | None:
        found = [several_lines(cell) for row in rows if (cell := row.whole(name)) is not None]
        return next(filter(str.strip, found), "") if found else None

    def price(self, wanted: WantedProduct, row: Row, name: str) -> int | None:
        return self.understood(wanted, row, name, lambda text: price(text, self.digits, self.sign))

    def whole(self, wanted: WantedProduct, row: Row, name: str, *, may_be_negative: bool = False) -> int | None:
        return self.understood(wanted, row, name, lambda text: whole(text, may_be_negative=may_be_negative))

    def grams(self, wanted: WantedProduct, row: Row, name: str) -> int | None:
        return self.understood(wanted, row, name, lambda text: grams(text, self.weight_unit))

    def yes(self, wanted: WantedProduct, row: Row, name: str) -> bool:
        return bool(self.understood(wanted, row, name, yes_or_no))

    def understood(
        self, wanted: WantedProduct, row: Row, name: str, convert: Callable[[str], Value | None]
    ) -> Value | None:
        """The cell's meaning; None when it is empty or cannot be understood, which is noted then."""
        try:
            return convert(row.text(name))
        except Unreadable as unreadable:
            wanted.wrong(row.number, self.table.heading(name), unreadable.text, unreadable.fix)
            return None


def without_nothing(values: dict[str, Value | None]) -> dict[str, Value]:
    """Only what the file says."""
    return {name: value for name, value in values.items() if value is not None}
