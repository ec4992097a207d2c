"""The audit trail: one row an event, each bound to the one before it."""

from __future__ import annotations

from peewee import IntegerField

from ..db import BaseModel, ImpersonalBlob, ImpersonalText, UtcDateTimeField


class AuditEvent(BaseModel):
    """`digest` is a keyed hash over the row and the digest before it; `number` counts without a gap."""

    number = IntegerField(unique=True)
    at = UtcDateTimeField(index=True)
    kind = ImpersonalText()
    actor = ImpersonalText()
    about_kind = ImpersonalText()
    about_id = IntegerField()
    details = ImpersonalText()
    previous = ImpersonalBlob()
    digest = ImpersonalBlob()

    class Meta:
        indexes = ((("about_kind", "about_id", "number"), False),)
