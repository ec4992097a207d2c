"""Copies of a PostgreSQL database, read in one snapshot by COPY: no pg_dump of the right version needs to be there."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, BinaryIO, cast

import psycopg
from psycopg import sql

PIECE = 256 * 1024
HISTORY = "schema_migration"


@dataclass(frozen=True)
class TableCopy:
    """One table's rows, in COPY's text form."""

    name: str
    columns: list[str]
    rows: int
    file: BinaryIO


@dataclass(frozen=True)
class Snapshot:
    """Every table as of one moment, those that are referred to first; `sequences` by name."""

    tables: list[TableCopy]
    sequences: dict[str, int]
    migrations: list[str]


@contextmanager
def snapshot(url: str, folder: Path) -> Iterator[Snapshot]:
    """The copies lie in files without a name in `folder`, and vanish with the block."""
    copies: list[TableCopy] = []
    try:
        with psycopg.connect(url) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            names = _in_order(connection)
            for name in names:
                copies.append(_copied(connection, name, folder))
            yield Snapshot(copies, _sequences(connection), _migrations(connection, names))
    finally:
        for copy in copies:
            copy.file.close()


def load(connection: psycopg.Connection[Any], table: str, columns: list[str], file: BinaryIO) -> int:
    """Put the rows into an empty table, in the caller's transaction; how many there were.

    Its triggers are silent meanwhile: what they count and note stands in tables of the same copy.
    """
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
    with connection.cursor() as cursor:
        with cursor.copy(command) as copy:
            while piece := file.read(PIECE):
                copy.write(piece)
        count = int(cursor.rowcount)
    # What refers to rows that are still to come is looked at first: a table with such questions open cannot be altered.
    connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    connection.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table)))
    return count


def set_sequence(connection: psycopg.Connection[Any], name: str, value: int) -> None:
    connection.execute("SELECT setval(%s::text::regclass, %s)", (f'"{name}"', value))


def drop_tables(connection: psycopg.Connection[Any]) -> None:
    for name in _tables(connection):
        connection.execute(sql.SQL("DROP TABLE IF EXISTS {} CASCADE").format(sql.Identifier(name)))


def others_connected(connection: psycopg.Connection[Any]) -> int:
    """How many others use the database right now."""
    question = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    return int(connection.execute(question).fetchone()[0])  # type: ignore[index]


def _copied(connection: psycopg.Connection[Any], table: str, folder: Path) -> TableCopy:
    columns = [
        row[0]
        for row in connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema()"
            " AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
            (table,),
        )
    ]
    file = cast(BinaryIO, tempfile.TemporaryFile(dir=folder))  # noqa: SIM115
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    with connection.cursor() as cursor:
        with cursor.copy(sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(table), names)) as copy:
            for piece in copy:
                file.write(piece)
        rows = int(cursor.rowcount)
    file.flush()
    return TableCopy(table, columns, rows, file)


def _tables(connection: psycopg.Connection[Any]) -> list[str]:
    found = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
    ).fetchall()
    return [row[0] for row in found]


def _in_order(connection: psycopg.Connection[Any]) -> list[str]:
    """Those that are referred to first, so that they can be filled in this order."""
    leans_on: dict[str, set[str]] = {name: set() for name in _tables(connection)}
    references = connection.execute(
        "SELECT own.relname, other.relname FROM pg_constraint"
        " JOIN pg_class own ON own.oid = conrelid JOIN pg_class other ON other.oid = confrelid"
        " WHERE contype = 'f' AND connamespace = current_schema()::regnamespace AND conrelid <> confrelid"
    )
    for own, other in references:
        leans_on[own].add(other)
    return list(TopologicalSorter(leans_on).static_order())


def _sequences(connection: psycopg.Connection[Any]) -> dict[str, int]:
    found = connection.execute(
        "SELECT sequencename, last_value FROM pg_sequences"
        " WHERE schemaname = current_schema() AND last_value IS NOT NULL"
    )
    return dict(found.fetchall())


def _migrations(connection: psycopg.Connection[Any], tables: list[str]) -> list[str]:
    if HISTORY not in tables:
        return []
    return [row[0] for row in connection.execute(f"SELECT name FROM {HISTORY} ORDER BY name")]  # noqa: S608
