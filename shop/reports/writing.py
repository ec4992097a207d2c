"""Writing down what was summed up: figures, what they are of, and which orders are part of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from ..db import db, is_sqlite
from .booking import Entry, summed
from .models import ReportDay, ReportKey, ReportPart
from .sums import NUMBERS, Key

ROWS_AT_A_TIME = 400


def write(entries: Sequence[Entry], days: Sequence[date]) -> None:
    """In the place of all that these days, in their order, had so far."""
    keys = _keys(entries)
    is_gap = len(days) <= days[-1].toordinal() - days[0].toordinal()
    for table in (ReportDay, ReportPart):
        table.delete().where(table.day.in_(days) if is_gap else table.day.between(days[0], days[-1])).execute()
    figures = (
        (day, key.kind, keys[key], *(getattr(sums, name) for name in NUMBERS))
        for (day, key), sums in summed(entries).items()
    )
    _insert("report_day", ("day", "kind", "key_id", *NUMBERS), figures)
    parts = {(keys[part.key], is_back, day, order_id) for day, part, order_id, is_back in entries if order_id}
    _insert("report_part", ("key_id", "is_back", "day", "order_id"), sorted(parts))


def _insert(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """As constant SQL for one row: building a statement for hundreds, and having PostgreSQL's client read all its
    placeholders, takes longer than running it."""
    row = ", ".join(["?" if is_sqlite() else "%s"] * len(columns))
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({row})"  # noqa: S608
    db.cursor().executemany(statement, [[_plain(value) for value in values] for values in rows])


def _plain(value: Any) -> Any:
    if is_sqlite() and isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value


def _keys(entries: Sequence[Entry]) -> dict[Key, int]:
    """The ids of all that these figures are of. Those that are new are written, and what is called otherwise now."""
    named: dict[Key, tuple[date, str]] = {}
    for day, part, _, _ in entries:
        named[part.key] = max(named.get(part.key, (day, part.words)), (day, part.words))
    known: dict[Key, ReportKey] = {}
    names = sorted({key.name for key in named})
    for start in range(0, len(names), ROWS_AT_A_TIME):
        for row in ReportKey.select().where(ReportKey.name.in_(names[start : start + ROWS_AT_A_TIME])):
            known[Key(*(getattr(row, name) for name in Key._fields))] = row
    for key, (day, words) in named.items():
        if key not in known:
            known[key] = ReportKey.create(**key._asdict(), words=words, named_on=day)
        row = known[key]
        if row.words != words and day >= row.named_on:
            ReportKey.update(words=words, named_on=day).where(ReportKey.id == row.id).execute()
    return {key: row.id for key, row in known.items()}
