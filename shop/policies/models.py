"""The privacy policy in its versions: posted once, in force at once, never edited."""

from __future__ import annotations

from peewee import IntegerField

from .. import clock
from ..db import ImpersonalText, UtcDateTimeField
from ..written_once import WrittenOnceModel


class PolicyVersion(WrittenOnceModel):
    """`text` is Markdown; `number` counts from 1. The newest is the one in force.

    `declared` is what the table beside the prose said when it was posted, as Markdown too. `posted_by` is "shop" or
    "staff:3".
    """

    number = IntegerField(unique=True)
    text = ImpersonalText()
    declared = ImpersonalText()
    posted_at = UtcDateTimeField(default=clock.now)
    posted_by = ImpersonalText()
