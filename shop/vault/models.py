"""The index that finds people by a word of their name."""

from __future__ import annotations

from peewee import IntegerField

from ..db import BaseModel, ImpersonalBlob, ImpersonalText


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
