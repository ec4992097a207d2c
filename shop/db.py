"""One database for everything but keys: embedded SQLite, or PostgreSQL when DATABASE_URL says so.

SQLite comes from `apsw`, pinned, and not from the Python that happens to be installed: versions before 3.51.3 can
damage a WAL database (docs/decisions/0002-sqlite-from-apsw.md).
"""

from __future__ import annotations

import fcntl
import os
import secrets
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

import apsw
import peewee
from flask import Flask, g, request
from peewee import AutoField, Context, DatabaseProxy, Field, Model, ModelSelect
from playhouse.apsw_ext import APSWDatabase
from playhouse.pool import PooledDatabase
from playhouse.postgres_ext import PooledPsycopg3Database

from .config import Settings

PRAGMAS = {
    "busy_timeout": 30_000,
    "journal_mode": "wal",
    "synchronous": "full",
    "foreign_keys": 1,
    "secure_delete": 1,
    "cache_size": -16_000,
    "temp_store": "memory",
}
EMPTY_LOG_MILLISECONDS = 200
ANSWER_WITHOUT_DATABASE = {"ops.healthz", "ops.readyz"}


def _bind(_cursor: apsw.Cursor, _position: int, value: object) -> str:
    """Values that SQLite has no type for go in as text that sorts in their order."""
    if isinstance(value, datetime | date | Decimal):
        return str(value)
    raise TypeError(f"cannot store a {type(value).__name__}")


class _Apsw(APSWDatabase):  # type: ignore[misc]
    def _connect(self) -> apsw.Connection:
        connection: apsw.Connection = super()._connect()
        connection.convert_binding = _bind
        return connection


class Sqlite(PooledDatabase, _Apsw):  # type: ignore[misc]
    """SQLite whose writers queue on a file lock, in turn, instead of polling the database for their chance.

    Its connections wait in a pool, as PostgreSQL's do, and not with their threads: apsw crashes the process when a
    server lets an idle thread die that still holds one.
    """

    def __init__(self, path: str) -> None:
        super().__init__(path, pragmas=PRAGMAS, max_connections=None, lock_type="IMMEDIATE", autoconnect=False)
        self._turn = threading.local()

    def _can_reuse(self, connection: apsw.Connection) -> bool:
        return not connection.in_transaction

    def begin(self, lock_type: str | None = None) -> None:
        self._take_turn()
        try:
            super().begin(lock_type)
        except BaseException:
            self._end_turn()
            raise

    def commit(self) -> Any:
        done = super().commit()
        self._end_turn()
        return done

    def rollback(self) -> Any:
        try:
            return super().rollback()
        finally:
            self._end_turn()

    def _take_turn(self) -> None:
        self._turn.file = os.open(f"{self.database}.turn", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._turn.file, fcntl.LOCK_EX)

    def _end_turn(self) -> None:
        file = self._turn.__dict__.pop("file", None)
        if file is not None:
            os.close(file)


def make_sqlite_file(path: Path) -> None:
    """An empty database that only the shop reads, already in WAL mode, unless the file is there.

    It is made beside its place and then put there: processes that start together must not all switch it to WAL, and
    opening and closing a database's file by hand would drop the locks that this process holds on it.
    """
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    connection = apsw.Connection(str(draft))
    connection.execute("PRAGMA journal_mode = wal").fetchall()
    connection.close()
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def database_for(url: str | None, path: Path) -> peewee.Database:
    """A database at `url` (postgresql://…), or SQLite in the file `path` when there is no url."""
    if url is None:
        make_sqlite_file(path)
        return Sqlite(str(path))
    # Not prepared: PostgreSQL would plan a query that was asked ten times for any values at all, and a report's year as
    # if it were a day (docs/decisions/0195-no-prepared-statements.md).
    pool = {"max_connections": 32, "stale_timeout": 300, "timeout": 20}
    return PooledPsycopg3Database(url, **pool, autoconnect=False, prepare_threshold=None)  # type: ignore[no-any-return]


db = DatabaseProxy()


def is_sqlite() -> bool:
    """Whether the shop's own database is SQLite; few places may care."""
    return isinstance(db.obj, Sqlite)


def taken(query: Any) -> Any:
    """The same select, whose rows nobody else changes before the caller's transaction ends: SQLite has one writer at a
    time anyway."""
    return query if is_sqlite() else query.for_update()


def empty_log(database: peewee.Database) -> bool:
    """Write SQLite's log into the database and leave none of it; False when somebody reads: try again later."""
    if not isinstance(database, Sqlite):
        return True
    connection = database.connection()
    connection.set_busy_timeout(EMPTY_LOG_MILLISECONDS)
    try:
        ((is_busy, _, _),) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        connection.set_busy_timeout(PRAGMAS["busy_timeout"])
    return not is_busy


class UtcDateTimeField(peewee.DateTimeField):
    """A moment: aware UTC in Python, plain UTC in the database."""

    def db_value(self, value: datetime | None) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def python_value(self, value: object) -> datetime | None:
        moment: datetime | None = super().python_value(value)  # type: ignore[no-untyped-call]
        return None if moment is None else moment.replace(tzinfo=UTC)


class ImpersonalText(peewee.TextField):
    """Text that never says anything about a person. Whatever might goes into a `Sealed` column instead."""


class ImpersonalBlob(peewee.BlobField):
    """Bytes that say nothing about a person by themselves: hashes, blind indexes, wrapped keys."""


class Select(ModelSelect):
    """A SELECT whose columns are written down at once. Peewee builds a tree and walks it for each of them, every time,
    which for a row of thirty takes longer than everything else in getting it."""

    _is_default: bool
    _returning: tuple[peewee.Node, ...]

    def __sql_selection__(self, ctx: Context, is_subquery: bool = False) -> Any:
        if is_subquery and self._is_default:
            return super().__sql_selection__(ctx, is_subquery)
        for position, node in enumerate(self._returning):
            ctx.literal(", " if position else "")
            if isinstance(node, Field) and type(node).__sql__ is Field.__sql__:
                ctx.literal(f'"{ctx.alias_manager[node.model._meta.table]}"."{node.column_name}"')
            else:
                ctx.sql(node)  # type: ignore[no-untyped-call]
        return ctx


class BaseModel(Model):
    """What every table of the shop shares."""

    id = AutoField()

    @classmethod
    def select(cls, *fields: Any) -> ModelSelect[Self]:
        return Select(cls, fields or cls._meta.sorted_fields, is_default=not fields)  # type: ignore[return-value]

    class Meta:
        database = db
        legacy_table_names = False
        only_save_dirty = True


def one_of(column: str, values: Iterable[str]) -> str:
    """SQL for a Check that holds the database itself to these values."""
    return f"{column} IN ({', '.join(repr(str(value)) for value in values)})"


def open_connection() -> bool:
    """Connect this thread; False when it was connected already."""
    return bool(db.connect(reuse_if_open=True))


def close_connection() -> None:
    """Give the connection back to its pool, with nothing left undecided on it."""
    if db.is_closed():
        return
    while db.transaction_depth():
        db.pop_transaction()
        db.rollback()
    db.close()


def connect_until_answered() -> None:
    """Connect this thread until the request, or the command, has ended."""
    g.connected = open_connection() or g.get("connected", False)


def while_connected(pieces: Iterator[str]) -> Iterator[str]:
    """The pieces of an answer that is sent while it is written: the request's own connection has gone back by then."""
    is_ours = open_connection()
    try:
        yield from pieces
    finally:
        if is_ours:
            close_connection()


def _open_for_request() -> None:
    if request.endpoint not in ANSWER_WITHOUT_DATABASE:
        connect_until_answered()


def _close_after_request(_error: BaseException | None) -> None:
    """Leaves a connection alone that somebody had opened before the request, as tests and jobs do."""
    if g.pop("connected", False):
        close_connection()


def init_app(app: Flask, settings: Settings) -> None:
    """Use the database that the settings name, one connection for each request."""
    db.initialize(database_for(settings.database_url, settings.shop_instance / "shop.db"))
    app.before_request(_open_for_request)
    app.teardown_appcontext(_close_after_request)
