"""Writing one backup file: the database as of one moment, encrypted while it is written, there whole or not."""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import os
import secrets
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import apsw
import psycopg

from ..config import settings
from ..db import Sqlite, db
from ..files import draft_beside
from ..vault.store import backup_keys, keys_db
from . import postgres, sqlite
from .envelope import Writer
from .models import BackupKind
from .pictures import keep_pictures

MANIFEST, DATABASE, TABLES, PICTURES = "manifest.json", "database.sqlite", "tables/", "pictures/"
DRAFTS = (".making-*", ".*.backup.*")
MEGABYTE = 1024 * 1024


class BackupFailed(Exception):
    """No backup was made and nothing is left of it; the text says why in plain words."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: rows by table, columns by table (PostgreSQL), sequences, migrations, names of pictures."""

    kind: str
    made_at: str
    dialect: str
    rows: Mapping[str, int]
    columns: Mapping[str, list[str]]
    sequences: Mapping[str, int]
    migrations: list[str]
    pictures: list[str]

    @property
    def moment(self) -> str:
        return f"{datetime.fromisoformat(self.made_at):%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True)
class Written:
    name: str
    size: int
    sha256: bytes


def folder_of(kind: BackupKind) -> Path:
    return settings().backup_root if kind == BackupKind.DATA else settings().key_backup_root


def write_backup(kind: BackupKind, made_at: datetime, *, with_pictures: bool) -> Written:
    """Raises BackupFailed."""
    folder = folder_of(kind)
    try:
        with _alone(folder):
            _refuse_without_room(kind, folder)
            name = f"{kind}-{made_at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}.backup"
            with draft_beside(folder / name) as file:
                _fill(file, kind, made_at, folder, with_pictures=with_pictures)
            return Written(name, (folder / name).stat().st_size, sha256_of(folder / name))
    except OSError as error:
        raise BackupFailed(f"{folder} cannot be written: {error.strerror or error}.") from error
    except (apsw.Error, psycopg.Error, tarfile.TarError) as error:
        said = str(error).partition("\n")[0]
        raise BackupFailed(f"The {kind} could not be copied ({said}). No backup was made.") from error


def sha256_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _fill(file: BinaryIO, kind: BackupKind, made_at: datetime, folder: Path, *, with_pictures: bool) -> None:
    keys = backup_keys() if kind == BackupKind.DATA else {"master": backup_keys()["master"]}
    pictures = keep_pictures() if kind == BackupKind.DATA else []
    writer = Writer(file, kind=kind, made_at=made_at, keys=keys)
    with tarfile.open(fileobj=writer, mode="w|", format=tarfile.PAX_FORMAT) as tar:  # type: ignore[call-overload]
        with _copied(kind, folder) as (told, parts):
            manifest = Manifest(kind=kind, made_at=made_at.isoformat(), pictures=pictures, **told)
            _add(tar, MANIFEST, io.BytesIO(json.dumps(asdict(manifest)).encode()))
            for name, part in parts:
                _add(tar, name, part)
        for name in pictures if with_pictures else ():
            with (settings().media_root / name).open("rb") as picture:
                _add(tar, f"{PICTURES}{name}", picture)
    writer.close()


@contextmanager
def _copied(kind: BackupKind, folder: Path) -> Iterator[tuple[dict[str, Any], list[tuple[str, BinaryIO]]]]:
    database, url = (db, settings().database_url) if kind == BackupKind.DATA else (keys_db, settings().keys_url)
    if not isinstance(database.obj, Sqlite):
        with postgres.snapshot(str(url), folder) as found:
            columns = {table.name: table.columns for table in found.tables}
            rows = {table.name: table.rows for table in found.tables}
            told = {"dialect": "postgresql", "rows": rows, "columns": columns, "sequences": found.sequences}
            parts = [(f"{TABLES}{table.name}", table.file) for table in found.tables]
            yield {**told, "migrations": found.migrations}, parts
        return
    copy = folder / f".making-{secrets.token_hex(4)}"
    try:
        rows = sqlite.copy_to(Path(str(database.obj.database)), copy)
        told = {"dialect": "sqlite", "rows": rows, "columns": {}, "sequences": {}}
        told["migrations"] = sqlite.migrations_of(copy)
        with copy.open("rb") as part:
            copy.unlink()
            yield told, [(DATABASE, part)]
    finally:
        copy.unlink(missing_ok=True)


def _add(tar: tarfile.TarFile, name: str, part: BinaryIO) -> None:
    member = tarfile.TarInfo(name)
    member.size = part.seek(0, os.SEEK_END)
    part.seek(0)
    tar.addfile(member, part)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One backup at a time in a folder; what a killed one left is cleared away first."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        for left in (found for pattern in DRAFTS for found in folder.glob(pattern)):
            left.unlink(missing_ok=True)
        yield
    finally:
        os.close(handle)


def _refuse_without_room(kind: BackupKind, folder: Path) -> None:
    """A backup must not take the room that orders need."""
    database = db.obj if kind == BackupKind.DATA else keys_db.obj
    if not isinstance(database, Sqlite):
        return
    needed = 2 * Path(str(database.database)).stat().st_size + settings().disk_megabytes_needed * MEGABYTE
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise BackupFailed(
            f"There is no room for a backup in {folder}: {free // MEGABYTE:,} MB are free, and "
            f"{needed // MEGABYTE:,} MB are needed (DISK_MEGABYTES_NEEDED of them for orders). "
            "Make room, or keep backups elsewhere (BACKUP_ROOT)."
        )
