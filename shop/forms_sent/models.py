"""The forms that are being carried out, or were a moment ago."""

from __future__ import annotations

from peewee import BooleanField

from .. import clock
from ..db import BaseModel, ImpersonalBlob, UtcDateTimeField


class FormSent(BaseModel):
    """A form that is being carried out; once `done_at` is set it was, and `location` is where its answer led. An answer
    with a cookie of its own `is_for_all` no more: whoever gets none of it has to be answered by the view."""

    digest = ImpersonalBlob(unique=True)
    begun_at = UtcDateTimeField(default=clock.now, index=True)
    done_at = UtcDateTimeField(null=True)
    location = ImpersonalBlob(null=True)
    is_for_all = BooleanField(default=False)
