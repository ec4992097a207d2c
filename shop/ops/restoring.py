"""Putting a backup back: all of it is proven first, then it takes the old one's place at once, or nothing changes."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import apsw
import psycopg
from peewee import Database, DatabaseError

from ..backups import postgres, running, sqlite
from ..backups.models import BackupKind
from ..backups.pictures import bring_back
from ..backups.reading import DamagedBackup, NoKeyOpens, Opened, Take, read_backup, told_by
from ..backups.writing import Manifest
from ..config import Settings, settings
from ..db import Sqlite, database_for, db
from ..files import draft_beside
from ..vault.master import MasterKey, UnusableMasterKey
from ..vault.store import SubjectKey, keys_at_hand, keys_db, make_key_tables
from . import schema
from .reviving import let_nothing_revive
from .settling import Settled, settle

HAS_DATA = "There is a shop with data in {where}. It would be replaced and lost: back it up, then say --replace."
HAS_KEYS = (
    "There is a key store with {count} keys in {where}. It would be replaced, and every value sealed since the backup "
    "was made would be lost: if it is sound, keep it. If not, say --replace."
)


class NotRestored(Exception):
    """Nothing was changed; the text says why in plain words."""


@dataclass(frozen=True)
class Restored:
    """What was put back. `lacking` are pictures that neither the shop nor a backup has."""

    kind: BackupKind
    manifest: Manifest
    lacking: list[str]
    settled: Settled


def restore(using: Settings, path: Path, *, may_replace: bool = False, accept_older_keys: bool = False) -> Restored:
    """Put back the data or the key store from a backup, then follow the erasure ledger. Raises NotRestored.

    Call it in a process that is not the shop: it works without data, without a key store, or with unfit ones.
    """
    try:
        with running.closed(using.shop_instance):
            opened = _put_back(using, path, may_replace=may_replace)
            lacking = bring_back(opened.manifest.pictures)
    except (running.ShopRuns, UnusableMasterKey) as error:
        raise NotRestored(str(error)) from error
    except (DamagedBackup, NoKeyOpens) as error:
        raise NotRestored(f"{path.name} cannot be used: {error}. Nothing was changed.") from error
    except OSError as error:
        raise NotRestored(f"{error.filename or path}: {error.strerror or error}. Nothing was changed.") from error
    except (DatabaseError, psycopg.Error, apsw.Error) as error:
        said = str(error).partition("\n")[0]
        raise NotRestored(f"The database refused it ({said}). Nothing was changed.") from error
    settled = settle(using, restored=opened.manifest, accept_older_keys=accept_older_keys)
    return Restored(opened.kind, opened.manifest, lacking, settled)


def settle_alone(using: Settings, *, accept_older_keys: bool, make_new_ledger: bool) -> Settled:
    """Let the shop start with what is there. Raises NotRestored while it runs."""
    try:
        with running.closed(using.shop_instance):
            return settle(using, accept_older_keys=accept_older_keys, make_new_ledger=make_new_ledger)
    except running.ShopRuns as error:
        raise NotRestored(str(error)) from error


def _put_back(using: Settings, path: Path, *, may_replace: bool) -> Opened:
    kind = told_by(path).kind
    keys = keys_at_hand(using)
    url = using.database_url if kind == BackupKind.DATA else using.keys_url
    place = using.shop_instance / ("shop.db" if kind == BackupKind.DATA else "keys.db")
    if not may_replace:
        _refuse_to_replace(kind, url, place)
    if url is None:
        return _put_back_sqlite(path, keys, place)
    return _put_back_postgres(path, keys, kind, url)


def _refuse_to_replace(kind: BackupKind, url: str | None, place: Path) -> None:
    if url is None and not place.exists():
        return
    database, where = database_for(url, place), place if url is None else "the database"
    # A file too broken to be asked holds nothing that could still be used.
    unreadable: tuple[type[Exception], ...] = (DatabaseError, apsw.Error) if url is None else ()
    try:
        with suppress(*unreadable), database.connection_context():
            if kind == BackupKind.DATA and database.table_exists("schema_migration"):
                raise NotRestored(HAS_DATA.format(where=where))
            if kind == BackupKind.KEYS and (count := _keys_in(database)):
                raise NotRestored(HAS_KEYS.format(where=where, count=f"{count:,}"))
    finally:
        database.close_all()  # type: ignore[attr-defined]


def _keys_in(database: Database) -> int:
    if not database.table_exists(SubjectKey._meta.table_name):
        return 0
    with database.bind_ctx([SubjectKey]):
        return SubjectKey.select().count()


def _put_back_sqlite(path: Path, keys: Mapping[str, MasterKey], place: Path) -> Opened:
    for left in place.parent.glob(f".{place.name}.*"):
        left.unlink(missing_ok=True)
    draft = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        opened = read_backup(path, keys, database=draft, picture=_keep_picture, begin=_fits("sqlite"))
        if sqlite.examine(draft) != dict(opened.manifest.rows):
            raise DamagedBackup("its tables do not hold the rows that it says")
        if opened.kind == BackupKind.DATA:
            database = Sqlite(str(draft))
            try:
                let_nothing_revive(database)
            finally:
                database.close_all()
        sqlite.make_ready(draft)
        _close_pools()
        draft.replace(running.waiting(place))
        running.move_in(place)
    finally:
        for left in place.parent.glob(f"{draft.name}*"):
            left.unlink()
    return opened


def _put_back_postgres(path: Path, keys: Mapping[str, MasterKey], kind: BackupKind, url: str) -> Opened:
    # All of it is proven first, so that the tables are locked for no longer than it takes.
    proven = read_backup(path, keys, begin=_fits("postgresql"))
    _close_pools()
    database = database_for(url, path)
    proxy = db if kind == BackupKind.DATA else keys_db
    proxy.initialize(database)
    with database.connection_context():
        connection: psycopg.Connection[Any] = database.connection()  # type: ignore[no-untyped-call]
        others = postgres.others_connected(connection)
        if others:
            raise running.ShopRuns(f"The database is in use ({others} connections): stop the shop on every machine.")
        with database.atomic():
            postgres.drop_tables(connection)
            migrations = proven.manifest.migrations
            schema.migrate_to(migrations[-1]) if kind == BackupKind.DATA else make_key_tables()
            read_backup(path, keys, table=_loader(connection, proven.manifest), picture=_keep_picture)
            for name, value in proven.manifest.sequences.items():
                postgres.set_sequence(connection, name, value)
            if kind == BackupKind.DATA:
                let_nothing_revive(database)
    _close_pools()
    return proven


def _loader(connection: psycopg.Connection[Any], manifest: Manifest) -> Take:
    def load(table: str, rows: BinaryIO) -> None:
        if table == postgres.HISTORY:
            return
        if postgres.load(connection, table, manifest.columns[table], rows) != manifest.rows[table]:
            raise DamagedBackup("its tables do not hold the rows that it says")

    return load


def _fits(dialect: str) -> Callable[[Manifest], None]:
    """Refuse what this program and this shop's database cannot take, before anything is unpacked."""
    names = {"sqlite": "SQLite", "postgresql": "PostgreSQL (DATABASE_URL, KEYS_URL)"}

    def check(manifest: Manifest) -> None:
        if manifest.dialect != dialect:
            raise NotRestored(f"It was made on {names[manifest.dialect]}, and this shop is on {names[dialect]}.")
        unknown = set(manifest.migrations) - schema.known()
        if unknown:
            raise NotRestored(f"It was made by a newer version of the shop ({min(unknown)}): install that one first.")

    return check


def _keep_picture(name: str, held: BinaryIO) -> None:
    """A picture is named by what is in it: one that is there is the same."""
    target = settings().media_root / name
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with draft_beside(target) as written:
            while piece := held.read(256 * 1024):
                written.write(piece)


def _close_pools() -> None:
    for proxy in (db, keys_db):
        if proxy.obj is not None:
            proxy.obj.close_all()
