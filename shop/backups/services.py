"""Making backups, registering them, and deleting them when their time is over."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from .. import clock
from ..audit import services as audit
from ..config import settings
from ..db import db
from .envelope import DamagedBackup, read_head
from .models import Backup, BackupKind
from .pictures import drop_unused
from .queries import expired, newest
from .writing import BackupFailed, Written, folder_of, sha256_of, write_backup

__all__ = ["BackupFailed", "BackupNotDeleted", "adopt_unknown", "back_up", "make_backup", "prune"]

CLOCKS_APART = timedelta(minutes=10)

log = logging.getLogger("shop.backups")


class BackupNotDeleted(Exception):
    """A backup whose time is over is still there; the register says why."""


def back_up() -> None:
    """Make what is due, then delete what has expired; the worker does it each hour. Raises BackupFailed.

    In this order, so that a clock that jumped ahead deletes no backup before there is a newer one.
    """
    failed = [error for kind in BackupKind if (error := _make_if_due(kind)) is not None]
    prune()
    if failed:
        raise failed[0]


def make_backup(kind: BackupKind, *, with_pictures: bool = False) -> Backup:
    """One file in the folder of its kind. Raises BackupFailed, and then nothing is left of it.

    The data goes before the keys: whatever key a row was sealed with is in a key store copied afterwards.
    """
    made_at = clock.now()
    return _register(kind, made_at, write_backup(kind, made_at, with_pictures=with_pictures))


def prune() -> int:
    """Delete the files whose time is over; how many there were. Raises BackupNotDeleted once it has tried them all.

    The only backup of the data is kept until there is a newer one; a copy of the key store goes in any case.
    """
    adopt_unknown()
    _bring_dates_forward()
    gone, stuck = 0, []
    for backup in expired():
        last = newest(BackupKind.DATA)
        if backup.kind == BackupKind.DATA and last is not None and last.id == backup.id:
            _note_problem(backup, "kept past its date: no newer backup of the data could be made")
            continue
        try:
            _delete(backup)
            gone += 1
        except OSError as error:
            _note_problem(backup, f"cannot be deleted: {error.strerror}")
            stuck.append(backup.file)
    drop_unused()
    if stuck:
        raise BackupNotDeleted(", ".join(stuck))
    return gone


def _adopt(path: Path) -> Backup | None:
    """None when it is no backup."""
    try:
        with path.open("rb") as file:
            head = read_head(file)
    except DamagedBackup:
        return None
    return _register(head.kind, head.made_at, Written(path.name, path.stat().st_size, sha256_of(path)))


def _make_if_due(kind: BackupKind) -> BackupFailed | None:
    if not _is_due(newest(kind)):
        return None
    try:
        make_backup(kind)
    except BackupFailed as error:
        log.error("backup failed", extra={"fields": {"kind": kind, "error": str(error)}})
        return error
    return None


def _is_due(last: Backup | None) -> bool:
    """A backup from the future tells of a clock that was put back: what is made now is dated right."""
    every = timedelta(days=settings().backup_every_days)
    if not every:
        return False
    now = clock.now()
    return last is None or last.made_at > now + CLOCKS_APART or last.made_at <= now - every


def _register(kind: BackupKind, made_at: datetime, written: Written) -> Backup:
    with db.atomic():
        backup = Backup.create(
            kind=kind,
            file=written.name,
            made_at=made_at,
            expires_at=made_at + _kept(kind),
            bytes=written.size,
            sha256=written.sha256,
        )
        audit.record("backup-made", actor="shop", about=("backup", backup.id), backup=written.name)
    return backup


def _kept(kind: BackupKind) -> timedelta:
    days = settings().keep_backup_days if kind == BackupKind.DATA else settings().keep_key_backup_days
    return timedelta(days=days)


def _delete(backup: Backup) -> None:
    (folder_of(BackupKind(backup.kind)) / backup.file).unlink(missing_ok=True)
    with db.atomic():
        Backup.update(pruned_at=clock.now(), problem="").where(Backup.id == backup.id).execute()
        audit.record("backup-deleted", actor="shop", about=("backup", backup.id), backup=backup.file)


def _note_problem(backup: Backup, problem: str) -> None:
    log.error("backup not deleted", extra={"fields": {"file": backup.file, "problem": problem}})
    with db.atomic():
        Backup.update(problem=problem).where(Backup.id == backup.id).execute()


def adopt_unknown() -> None:
    """Make the register tell of the files that are there, as it does not after a restore of older data."""
    for path in _files():
        if not Backup.select().where(Backup.file == path.name).exists():
            _adopt(path)
    there = {path.name for path in _files()}
    with db.atomic():
        for backup in Backup.select().where(Backup.pruned_at.is_null()):
            if backup.file not in there and not (folder_of(BackupKind(backup.kind)) / backup.file).exists():
                Backup.update(pruned_at=clock.now(), problem="").where(Backup.id == backup.id).execute()


def _files() -> Iterator[Path]:
    for kind in BackupKind:
        yield from folder_of(kind).glob(f"{kind}-*.backup")


def _bring_dates_forward() -> None:
    """What a clock ahead of time dated is kept no longer than what is made now."""
    with db.atomic():
        for kind in BackupKind:
            latest = clock.now() + _kept(kind)
            too_late = (Backup.kind == kind) & (Backup.expires_at > latest + CLOCKS_APART) & Backup.pruned_at.is_null()
            Backup.update(expires_at=latest).where(too_late).execute()
