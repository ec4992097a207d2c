"""The privacy policy in its versions: posted once, in force at once, never edited."""

from __future__ import annotations

from peewee import IntegerField

from .. import clock
from ..db import BaseModel, ImpersonalText, UtcDateTimeField


class PolicyVersion(BaseModel):
    """`text` is Markdown; `number` counts from 1. The newest is the one in force."""

    number = IntegerField(unique=True)
    text = ImpersonalText()
    posted_at = UtcDateTimeField(default=clock.now)
    posted_by = ImpersonalText()
