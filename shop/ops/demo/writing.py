"""Rows by the ten thousand, one short statement run for each: of hundreds of rows in one statement a PostgreSQL client
reads every placeholder anew, which takes longer than writing them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...db import BaseModel, db, is_sqlite


def write_many(model: type[BaseModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Each is an object's values by name, with the defaults for what is left out; in the caller's transaction."""
    meta: Any = model._meta
    fields = [field for field in meta.sorted_fields if not field.primary_key]
    columns = ", ".join(f'"{field.column_name}"' for field in fields)
    marks = ", ".join(["?" if is_sqlite() else "%s"] * len(fields))
    statement = f'INSERT INTO "{meta.table_name}" ({columns}) VALUES ({marks})'  # noqa: S608
    values = [tuple(_plain(field, row) for field in fields) for row in rows]
    if values:
        db.cursor().executemany(statement, values)


def _plain(field: Any, row: Mapping[str, Any]) -> Any:
    default = field.default if field.name not in row else None
    value = field.db_value(row.get(field.name, default() if callable(default) else default))
    return str(value) if isinstance(value, str) else value
