"""What copies there are of data and keys, and how long they remain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import ModelSelect

from .. import clock
from ..audit.models import AuditEvent
from ..config import settings
from .models import Backup, BackupKind

TURNS_MISSED = 3
LATE = "There is no recent backup of the {kind}: “flask --app wsgi shop backup” makes one, or says why it cannot"


@dataclass(frozen=True)
class Remaining:
    """The copies of one kind that exist now: when the newest was made, and when the last of them is deleted."""

    count: int
    newest: datetime | None
    last_expiry: datetime | None


@dataclass(frozen=True)
class BackupStanding:
    """For the owner: `problems` in plain words, each one something to see to."""

    newest: datetime | None
    last_drill: datetime | None
    problems: list[str]


def existing(kind: BackupKind | None = None) -> ModelSelect[Any]:
    """The backups that were not deleted, newest first."""
    found: ModelSelect[Any] = Backup.select().where(Backup.pruned_at.is_null())
    if kind is not None:
        found = found.where(Backup.kind == kind)
    return found.order_by(Backup.made_at.desc(), Backup.id.desc())


def newest(kind: BackupKind) -> Backup | None:
    found: Backup | None = existing(kind).first()
    return found


def what_remains() -> Mapping[BackupKind, Remaining]:
    """For each kind what there is and until when.

    What was destroyed can be read again only with a key store copy made before: from `KEYS`' last expiry on with none.
    The sealed bytes themselves stay in data backups until `DATA`'s.
    """
    return {kind: _remaining(kind) for kind in BackupKind}


def standing() -> BackupStanding:
    last, drill = newest(BackupKind.DATA), Backup.select(Backup.verified_at).order_by(Backup.verified_at.desc())
    drilled = drill.where(Backup.verified_at.is_null(False)).first()
    stuck = [f"{row.file}: {row.problem}" for row in existing() if row.problem]
    return BackupStanding(
        newest=last.made_at if last else None,
        last_drill=drilled.verified_at if drilled else None,
        problems=[*stuck, *(LATE.format(kind=kind) for kind in BackupKind if _is_late(newest(kind)))],
    )


def _is_late(last: Backup | None) -> bool:
    """A shop that has only just begun is not late."""
    every = timedelta(days=settings().backup_every_days)
    since = last.made_at if last else _began_at()
    return bool(every) and since < clock.now() - TURNS_MISSED * every


def _began_at() -> datetime:
    """When the first thing happened in this shop."""
    first = AuditEvent.select().order_by(AuditEvent.number).first()
    return first.at if first else clock.now()


def expired() -> list[Backup]:
    return list(existing().where(Backup.expires_at <= clock.now()))


def _remaining(kind: BackupKind) -> Remaining:
    rows = list(existing(kind))
    return Remaining(
        count=len(rows),
        newest=rows[0].made_at if rows else None,
        last_expiry=max((row.expires_at for row in rows), default=None),
    )
