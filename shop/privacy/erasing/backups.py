"""What remains in backups after an erasure, said as it is: in which form, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ...backups.models import BackupKind
from ...backups.queries import what_remains
from ...config import settings


@dataclass(frozen=True)
class InBackups:
    """`data`: until when sealed bytes remain; `keys`: until when copies of the keys do. None: there are none."""

    data: datetime | None
    keys: datetime | None


def remains_now() -> InBackups:
    """Of what is erased at this moment: every backup that exists was made before."""
    found = what_remains()
    return InBackups(found[BackupKind.DATA].last_expiry, found[BackupKind.KEYS].last_expiry)


def remains_after(moment: datetime) -> InBackups:
    """At the latest, when the erasure begins at `moment` and backups go on being made until then."""
    if not settings().backup_every_days:
        return remains_now()
    days = settings().keep_backup_days, settings().keep_key_backup_days
    return InBackups(*(moment + timedelta(days=each) for each in days))
