"""What was chosen at the desk, a row for each setting."""

from __future__ import annotations

from .. import clock
from ..db import BaseModel, ImpersonalText, UtcDateTimeField


class ChosenSetting(BaseModel):
    """`name` is a setting's, `value` its text. No row: the shop's start decides."""

    name = ImpersonalText(unique=True)
    value = ImpersonalText()
    changed_at = UtcDateTimeField(default=clock.now)
