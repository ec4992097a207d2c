"""Pages of a list that name the row they begin after, not its number: rows that come or go meanwhile move nothing."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import and_, or_
from typing import Any

from peewee import DateField, DateTimeField, TextField

LETTERS_AT_MOST = 500
WHOLE_NUMBERS = range(-(2**63), 2**63)


@dataclass(frozen=True)
class Key:
    """A column that a list is ordered by, never NULL. The last key of a list must be unique, as ids are."""

    column: Any
    descending: bool = True


@dataclass(frozen=True)
class Page:
    """Rows as the query gives them, and the cursors of the pages after and before; None where there is none."""

    rows: list[Any]
    next: str | None = None
    previous: str | None = None


def page_of(query: Any, *keys: Key, cursor: str | None, size: int) -> Page:
    """The page of `query` that `cursor` begins; the first for no cursor, a broken one, or one past the end.

    The query selects columns of its first model, as models or as dicts, and has no order of its own.
    """
    is_back, values = _read(cursor, keys)
    rows = list(_ordered(query, keys, values, is_back).limit(size + 1))
    if values and not rows:
        return page_of(query, *keys, cursor=None, size=size)
    there_are_more = len(rows) > size
    rows = rows[:size]
    if is_back:
        rows.reverse()
    has_next, has_previous = (True, there_are_more) if is_back else (there_are_more, bool(values))
    return Page(
        rows,
        next=_write("on", rows[-1], keys) if has_next else None,
        previous=_write("back", rows[0], keys) if has_previous else None,
    )


def _ordered(query: Any, keys: Sequence[Key], values: Sequence[Any], is_back: bool) -> Any:
    downwards = [key.descending != is_back for key in keys]
    query = query.select_extend(*(key.column.alias(f"key{number}") for number, key in enumerate(keys)))
    if values:
        query = query.where(_beyond(keys, values, downwards))
    return query.order_by(
        *(key.column.desc() if down else key.column.asc() for key, down in zip(keys, downwards, strict=True))
    )


def _beyond(keys: Sequence[Key], values: Sequence[Any], downwards: Sequence[bool]) -> Any:
    """Past the cursor's row: equal in the first keys, and beyond it in the next.

    That the first key does not come before the cursor's follows, and lets the database begin to read there.
    """
    first, at, goes_down = keys[0].column, values[0], downwards[0]
    found = []
    for number, (key, value, down) in enumerate(zip(keys, values, downwards, strict=True)):
        equal = [before.column == at for before, at in zip(keys[:number], values, strict=False)]
        found.append(reduce(and_, [*equal, key.column < value if down else key.column > value]))
    return (first <= at if goes_down else first >= at) & reduce(or_, found)


def _write(direction: str, row: Any, keys: Sequence[Key]) -> str:
    names = [f"key{number}" for number in range(len(keys))]
    values = [row[name] if isinstance(row, Mapping) else getattr(row, name) for name in names]
    plain = [value.isoformat() if isinstance(value, date) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps([direction, *plain]).encode()).decode().rstrip("=")


def _read(cursor: str | None, keys: Sequence[Key]) -> tuple[bool, list[Any]]:
    """Which way, and each key's value; no values for a cursor that this list cannot have given."""
    if not cursor or len(cursor) > LETTERS_AT_MOST:
        return False, []
    try:
        direction, *values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if direction not in {"on", "back"} or len(values) != len(keys):
            return False, []
        return direction == "back", [_value(key, value) for key, value in zip(keys, values, strict=True)]
    except (binascii.Error, ValueError, TypeError, RecursionError):
        return False, []


def _value(key: Key, value: object) -> Any:
    """Raises ValueError for a value that the key's column cannot have."""
    if isinstance(key.column, DateTimeField):
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        if moment is not None and moment.tzinfo is not None and 1 < moment.year < 9999:
            return moment
    elif isinstance(key.column, DateField):
        day = date.fromisoformat(value) if isinstance(value, str) else None
        if day is not None and 1 < day.year < 9999:
            return day
    elif isinstance(key.column, TextField):
        if isinstance(value, str) and "\0" not in value and value.isprintable():
            return value
    elif isinstance(value, int) and not isinstance(value, bool) and value in WHOLE_NUMBERS:
        return value
    raise ValueError("not a value of this column")
