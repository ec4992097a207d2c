"""The index that finds people by a word of their name."""

from __future__ import annotations

from peewee import IntegerField

from .. import clock
from ..db import BaseModel, ImpersonalBlob, ImpersonalText, UtcDateTimeField


class NameToken(BaseModel):
    """One word of one row's names, as an HMAC; gone with the subject."""

    token = ImpersonalBlob()
    of_table = ImpersonalText()
    row_id = IntegerField()
    subject = ImpersonalText(index=True)

    class Meta:
        indexes = ((("token", "of_table", "row_id"), True),)


class KeyStoreBond(BaseModel):
    """The one row that says which key store this data was sealed with, as a fingerprint of its secret.

    `erasures` is how many lines of the erasure ledger this data has followed.
    """

    fingerprint = ImpersonalBlob()
    erasures = IntegerField(default=0)


class Removal(BaseModel):
    """A single thing that was taken away or taken back, and whose key lives on: "address:12", "customer:7:phone".

    Its random `mark` stands in the erasure ledger as well, so that restored data know what they have missed.
    """

    mark = ImpersonalText(unique=True)
    thing = ImpersonalText()
    at = UtcDateTimeField(default=clock.now, index=True)
