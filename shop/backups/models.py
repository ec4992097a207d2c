"""The backup register: which copies there are, and until when."""

from __future__ import annotations

from enum import StrEnum

from peewee import BigIntegerField

from ..db import BaseModel, ImpersonalBlob, ImpersonalText, UtcDateTimeField


class BackupKind(StrEnum):
    """Data holds sealed values and no keys; a copy of the key store opens nothing without the master key."""

    DATA = "data"
    KEYS = "keys"


class Backup(BaseModel):
    """One file in the folder of its kind. `pruned_at`: when it was deleted; `verified_at`: when a drill read it."""

    kind = ImpersonalText()
    file = ImpersonalText(unique=True)
    made_at = UtcDateTimeField(index=True)
    expires_at = UtcDateTimeField()
    bytes = BigIntegerField()
    sha256 = ImpersonalBlob()
    pruned_at = UtcDateTimeField(null=True)
    verified_at = UtcDateTimeField(null=True)
    problem = ImpersonalText(default="")
