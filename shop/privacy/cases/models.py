"""A case: what somebody wrote about their data, and what they were answered."""

from __future__ import annotations

from enum import StrEnum

from peewee import ForeignKeyField, IntegerField

from ... import clock
from ...db import ImpersonalBlob, ImpersonalText, UtcDateTimeField
from ...vault import Sealed, SealedModel
from . import personal_data as declared


class Topic(StrEnum):
    """What a case is about."""

    SEE = "see"
    CORRECT = "correct"
    REMOVE = "remove"
    COMPLAINT = "complaint"
    QUESTION = "question"

    @property
    def words(self) -> str:
        return _TOPIC_WORDS[self]


_TOPIC_WORDS = {
    Topic.SEE: "See what you hold about me",
    Topic.CORRECT: "Have something corrected",
    Topic.REMOVE: "Have something removed",
    Topic.COMPLAINT: "A complaint or a concern",
    Topic.QUESTION: "A question, or something else",
}


class Case(SealedModel):
    """Its key is a subject of its own, of the class "case"; the clock starts anew when it is closed.

    `number` is random, so that it tells nobody how many there are. It is open until `closed_at`.
    """

    number = ImpersonalText(unique=True)
    topic = ImpersonalText()
    email_index = ImpersonalBlob(null=True, index=True)
    email = Sealed(declared.EMAIL, blind_index="email_index")
    text = Sealed(declared.TEXT)
    received_at = UtcDateTimeField(default=clock.now, index=True)
    closed_at = UtcDateTimeField(null=True, index=True)

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class CaseAnswer(SealedModel):
    """One answer, as it was mailed; sealed for the subject of its case."""

    case_id: int
    case = ForeignKeyField(Case, backref="answers", on_delete="CASCADE")
    text = Sealed(declared.ANSWER)
    staff_id = IntegerField()
    at = UtcDateTimeField(default=clock.now)
