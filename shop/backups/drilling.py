"""The restore drill: a backup is unpacked aside, opened, counted and compared, and nothing of the shop is touched."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import apsw
import peewee
import psycopg
from psycopg import sql

from .. import clock
from ..audit import services as audit
from ..audit.models import AuditEvent
from ..audit.queries import verify_chain
from ..config import settings
from ..db import Sqlite, db
from ..vault.store import Secret, backup_keys, keys_db
from . import postgres, sqlite
from .models import Backup, BackupKind
from .pictures import picture_store
from .queries import newest, standing
from .reading import DamagedBackup, NoKeyOpens, Opened, read_backup, told_by
from .writing import folder_of

DRILL_EVERY = timedelta(days=7)


class DrillFailed(Exception):
    """The backup could not be restored; the text says why in plain words."""


@dataclass(frozen=True)
class Drill:
    """What a restore would bring: rows in all tables, rows of the audit trail, and pictures that no copy has."""

    kind: BackupKind
    moment: str
    rows: int
    events: int
    lacking: list[str]


def drill(path: Path) -> Drill:
    """Rehearse the restore of one file, and note in the register that it went well. Raises DrillFailed."""
    try:
        kind = told_by(path).kind
        with _unpacked(path, kind) as opened:
            events = _check_trail() if kind == BackupKind.DATA else _check_keys()
    except (DamagedBackup, NoKeyOpens) as error:
        raise DrillFailed(f"{path.name} cannot be used: {error}.") from error
    except OSError as error:
        raise DrillFailed(f"{error.filename or path}: {error.strerror or error}.") from error
    except (apsw.Error, psycopg.Error, peewee.DatabaseError) as error:
        raise DrillFailed(f"{path.name} does not fit this shop ({str(error).partition(chr(10))[0]}).") from error
    _note(path)
    told = opened.manifest
    return Drill(kind, told.moment, sum(told.rows.values()), events, _lacking(told.pictures))


def drill_due() -> None:
    """Rehearse the newest backups once a week; the worker asks each day. Raises DrillFailed."""
    last = standing().last_drill
    if last is not None and clock.now() - DRILL_EVERY < last <= clock.now():
        return
    for kind in BackupKind:
        backup = newest(kind)
        if backup is not None:
            drill(folder_of(kind) / backup.file)


@contextmanager
def _unpacked(path: Path, kind: BackupKind) -> Iterator[Opened]:
    """While the block lasts, the models that are looked at are those of the copy."""
    proxy = db if kind == BackupKind.DATA else keys_db
    unpack = _in_a_file if isinstance(proxy.obj, Sqlite) else _in_passing_tables
    with unpack(path, kind) as opened:
        yield opened


@contextmanager
def _in_a_file(path: Path, kind: BackupKind) -> Iterator[Opened]:
    folder = folder_of(kind)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    copy = folder / f".drill-{secrets.token_hex(4)}"
    try:
        opened = read_backup(path, backup_keys(), database=copy)
        if opened.manifest.dialect != "sqlite" or sqlite.examine(copy) != dict(opened.manifest.rows):
            raise DamagedBackup("its tables do not hold the rows that it says")
        database = peewee.DatabaseProxy()
        database.initialize(Sqlite(str(copy)))
        try:
            with database.bind_ctx([AuditEvent, Secret]), database.connection_context():
                yield opened
        finally:
            database.obj.close_all()
    finally:
        for left in folder.glob(f"{copy.name}*"):
            left.unlink()


@contextmanager
def _in_passing_tables(path: Path, kind: BackupKind) -> Iterator[Opened]:
    """Tables that only this transaction sees, in front of the shop's own, and that it takes back."""
    proxy = db if kind == BackupKind.DATA else keys_db
    manifest = read_backup(path, backup_keys()).manifest
    is_new = proxy.connect(reuse_if_open=True)
    connection: psycopg.Connection[object] = proxy.connection()

    def load(table: str, rows: BinaryIO) -> None:
        own = sql.SQL("CREATE TEMP TABLE {0} (LIKE {0} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
        connection.execute(own.format(sql.Identifier(table)))
        if postgres.load(connection, table, manifest.columns[table], rows) != manifest.rows[table]:
            raise DamagedBackup("its tables do not hold the rows that it says")

    try:
        with proxy.atomic() as passing:
            yield read_backup(path, backup_keys(), table=load)
            passing.rollback()
    finally:
        if is_new:
            proxy.close()


def _check_trail() -> int:
    broken, events = verify_chain()
    if broken is not None:
        raise DamagedBackup(f"its audit trail does not hold: row {broken.number} is {broken.what}")
    return events


def _check_keys() -> int:
    """The copy opens with the master key, and holds the secret that this shop's data were sealed with."""
    root = Secret.get_or_none(Secret.name == "root")
    if root is None:
        raise DamagedBackup("it holds no key store")
    backup_keys()["master"].unwrap("root", bytes(root.wrapped))
    return 0


def _lacking(pictures: list[str]) -> list[str]:
    store, root = picture_store(), settings().media_root
    return [name for name in pictures if not ((store / name).exists() or (root / name).exists())]


def _note(path: Path) -> None:
    known = Backup.get_or_none(Backup.file == path.name)
    if known is not None:
        with db.atomic():
            Backup.update(verified_at=clock.now()).where(Backup.id == known.id).execute()
            audit.record("backup-verified", actor="shop", about=("backup", known.id), backup=path.name)
