"""Copies of an SQLite database, made while others write to it."""

from __future__ import annotations

import os
from pathlib import Path

import apsw


def copy_to(source: Path, copy: Path) -> dict[str, int]:
    """A whole copy as of one moment, without free pages; returns how many rows each table has."""
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    connection = apsw.Connection(str(source), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        connection.set_busy_timeout(30_000)
        connection.execute("VACUUM INTO ?", (str(copy),)).fetchall()
    finally:
        connection.close()
    return examine(copy)


def examine(path: Path) -> dict[str, int]:
    """How many rows each table has. Raises apsw.Error when the file is not a sound database."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        ((verdict, *_), *_) = connection.execute("PRAGMA integrity_check").fetchall()
        if verdict != "ok":
            raise apsw.CorruptError(str(verdict))
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise apsw.CorruptError(f"a row of {broken[0][0]} refers to nothing")
        return {name: _rows(connection, name) for name in _tables(connection)}
    finally:
        connection.close()


def make_ready(path: Path) -> None:
    """Let the copy be used as the shop's own database: in WAL mode, all of it on the disk."""
    connection = apsw.Connection(str(path))
    try:
        connection.execute("PRAGMA journal_mode = wal").fetchall()
    finally:
        connection.close()
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def migrations_of(path: Path) -> list[str]:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        if "schema_migration" not in _tables(connection):
            return []
        return [str(name) for (name,) in connection.execute("SELECT name FROM schema_migration ORDER BY name")]
    finally:
        connection.close()


def _tables(connection: apsw.Connection) -> list[str]:
    named = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    return [str(name) for (name,) in named if not str(name).startswith("sqlite_")]


def _rows(connection: apsw.Connection, table: str) -> int:
    quoted = table.replace('"', '""')
    ((rows,),) = connection.execute(f'SELECT count(*) FROM "{quoted}"').fetchall()  # noqa: S608
    return int(str(rows))
