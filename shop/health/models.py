"""The findings of the last examination, so that pages need not ask slow machines themselves."""

from __future__ import annotations

from peewee import BooleanField

from .. import clock
from ..db import BaseModel, ImpersonalText, UtcDateTimeField


class HealthFinding(BaseModel):
    """One thing that was looked at: whether it was well, in words, and what to do when it was not."""

    name = ImpersonalText(unique=True)
    is_well = BooleanField()
    says = ImpersonalText()
    advice = ImpersonalText(default="")
    looked_at = UtcDateTimeField(default=clock.now)
