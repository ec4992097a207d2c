"""The variants of a product as rows of text that somebody edits: read, multiplied, filled, and turned into drafts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product as combinations
from typing import Any

from ...catalogue.checking import VARIANTS_AT_MOST, Problem
from ...catalogue.drafts import VariantDraft
from ...catalogue.models import OPTIONS_AT_MOST
from ...money import typed_amount
from ...web import number_in
from .typed import WrongNumber, printable, read_number, read_price

# How a row's fields are called, by the names of VariantDraft's.
FIELDS = {
    "sku": "sku",
    "options": "option1",
    "price_cents": "price",
    "compare_at_cents": "before",
    "measure_amount": "amount",
    "weight_grams": "weight",
    "opening_stock": "stock",
}
COLUMNS = {
    "sku": "SKU",
    "option1": "options",
    "price": "price",
    "before": "price before",
    "amount": "amount",
    "weight": "grams",
    "stock": "stock",
}
FILLED = ("price", "before", "weight", "amount")
ROWS_AT_MOST = 2 * VARIANTS_AT_MOST


@dataclass
class Row:
    """One variant as it is typed. `errors` are by field; `id` is empty for a new one."""

    id: str = ""
    options: list[str] = field(default_factory=lambda: [""] * OPTIONS_AT_MOST)
    values: dict[str, str] = field(default_factory=dict)
    is_removed: bool = False
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return " / ".join(filter(None, self.options))

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    def draft(self, options: int) -> VariantDraft:
        """What can be made of it; what cannot stands in `errors`."""
        return VariantDraft(
            id=int(self.id) if self.id else None,
            sku=self["sku"],
            options=tuple(self.options[:options]),
            price_cents=self._read("price", read_price) or 0,
            compare_at_cents=self._read("before", lambda text: read_price(text, may_be_empty=True)),
            measure_amount=self._read("amount", read_number),
            weight_grams=self._read("weight", read_number) or 0,
            opening_stock=0 if self.id else self._read("stock", read_number) or 0,
        )

    def _read(self, name: str, reading: Callable[[str], int | None]) -> int | None:
        try:
            return reading(self[name])
        except WrongNumber as wrong:
            self.errors[name] = str(wrong)
            return None


def rows_in(form: Any) -> list[Row]:
    """Those that a form brought, in their order."""
    return [_row_in(form, number) for number in range(min(number_in(form.get("rows")) or 0, ROWS_AT_MOST))]


def rows_of(drafts: Sequence[VariantDraft]) -> list[Row]:
    """Those of a saved product."""
    return [row_of(draft) for draft in drafts]


def row_of(draft: VariantDraft) -> Row:
    values = {
        "sku": draft.sku,
        "price": typed_amount(draft.price_cents),
        "before": "" if draft.compare_at_cents is None else typed_amount(draft.compare_at_cents),
        "amount": "" if draft.measure_amount is None else str(draft.measure_amount),
        "weight": str(draft.weight_grams) if draft.weight_grams else "",
    }
    options = [draft.option(number) for number in range(OPTIONS_AT_MOST)]
    return Row(id=str(draft.id or ""), options=options, values=values)


def values_in(text: str) -> list[str]:
    """The values of an option, typed in one line with commas between them (or semicolons, if a value has a comma)."""
    parts = (printable(part) for part in text.split(";" if ";" in text else ","))
    return list(dict.fromkeys(part for part in parts if part))


def values_text(rows: Sequence[Row], number: int) -> str:
    """The same the other way round."""
    values = list(dict.fromkeys(row.options[number] for row in rows if row.options[number] and not row.is_removed))
    return ("; " if any("," in value for value in values) else ", ").join(values)


def combined(rows: Sequence[Row], values: Sequence[Sequence[str]]) -> list[Row]:
    """The rows, and one for each combination that they lack, in the order in which the values are given.

    New ones cost and weigh what the first does.
    """
    wanted = [each or [""] for each in [*values, [], [], []][:OPTIONS_AT_MOST]]
    kept = [_widened(row, wanted) for row in rows]
    have = {_key(row.options) for row in kept}
    like = {name: kept[0][name] for name in FILLED} if kept else {}
    missing = [list(each) for each in combinations(*wanted) if _key(each) not in have]
    places = [{value.casefold(): place for place, value in enumerate(each)} for each in wanted]
    rows = [*kept, *(Row(options=each, values=dict(like)) for each in missing)]
    return sorted(rows, key=lambda row: _place(row.options, places))


def _place(options: Sequence[str], places: Sequence[Mapping[str, int]]) -> tuple[int, ...]:
    """Where a row stands; values that are not given come last."""
    return tuple(there.get(value.casefold(), len(there)) for value, there in zip(options, places, strict=True))


def filled(rows: Sequence[Row], values: Mapping[str, str]) -> list[Row]:
    """The rows with a column's value in all of them, for each column that has one."""
    given = {name: printable(values.get(f"fill-{name}")) for name in FILLED}
    for row in rows:
        row.values.update({name: value for name, value in given.items() if value})
    return list(rows)


def put_problems(rows: Sequence[Row], problems: Sequence[Problem]) -> None:
    """Say at each row what is wrong with it; `rows` are those that were made into drafts."""
    for problem in problems:
        if problem.row is not None and problem.row < len(rows):
            rows[problem.row].errors.setdefault(FIELDS[problem.field], problem.message)


def _row_in(form: Any, number: int) -> Row:
    def typed(name: str) -> str:
        return printable(form.get(f"{name}-{number}"))

    return Row(
        id=str(number_in(typed("id")) or ""),
        options=[typed(f"option{place}") for place in range(1, OPTIONS_AT_MOST + 1)],
        values={name: typed(name) for name in FIELDS.values() if name != "option1"},
        is_removed=bool(form.get(f"removed-{number}")),
    )


def _widened(row: Row, wanted: Sequence[Sequence[str]]) -> Row:
    """An option that the product did not have: what is there has its first value."""
    row.options = [own or first[0] for own, first in zip(row.options, wanted, strict=True)]
    return row


def _key(options: Sequence[str]) -> tuple[str, ...]:
    return tuple(value.casefold() for value in options)
