"""Who asked to see their data, whose page is open in which browser, and what may not be shown, on which ground."""

from __future__ import annotations

from enum import StrEnum

from peewee import Check, ForeignKeyField, IntegerField

from .. import clock
from ..customers.models import Customer
from ..db import ImpersonalBlob, ImpersonalText, UtcDateTimeField, one_of
from ..vault import Sealed, SealedModel
from . import personal_data as declared


class DataKey(SealedModel):
    """My data, open in one browser for whoever proved the address: its cookie holds a random token, this row its hash.

    With a `customer` the account is shown too.
    """

    customer_id: int | None
    token_hash = ImpersonalBlob(unique=True)
    customer = ForeignKeyField(Customer, null=True, backref="data_keys", on_delete="CASCADE")
    email_index = ImpersonalBlob(null=True, index=True)
    email = Sealed(declared.OPENED_FOR, blind_index="email_index")
    created_at = UtcDateTimeField(default=clock.now)
    expires_at = UtcDateTimeField(index=True)


class Proof(StrEnum):
    """How it was made sure that whoever asked at the desk is who they say."""

    DOCUMENT = "document"
    SIGNATURE = "signature"
    CALLED_BACK = "called-back"
    KNOWS_ORDER = "knows-order"

    @property
    def words(self) -> str:
        return _PROOF_WORDS[self]


_PROOF_WORDS = {
    Proof.DOCUMENT: "an official document with a photograph was shown",
    Proof.SIGNATURE: "the letter's signature was compared with one we have",
    Proof.CALLED_BACK: "we called back on the phone number we have",
    Proof.KNOWS_ORDER: "they told the number, date and total of an order",
}


class Way(StrEnum):
    """How what is held was handed over."""

    MAIL = "mail"
    PRINT = "print"

    @property
    def words(self) -> str:
        return {"mail": "a link was mailed to the address on file", "print": "it was printed"}[self]


class DataRequest(SealedModel):
    """Somebody asked at the desk what is held about them, and proved who they are."""

    customer_id: int | None
    customer = ForeignKeyField(Customer, null=True, backref="data_requests", on_delete="CASCADE")
    email_index = ImpersonalBlob(null=True, index=True)
    email = Sealed(declared.REQUEST_EMAIL, blind_index="email_index")
    proof = ImpersonalText(constraints=[Check(one_of("proof", Proof))])
    way = ImpersonalText(constraints=[Check(one_of("way", Way))])
    checked_by = IntegerField()
    created_at = UtcDateTimeField(default=clock.now)


class Ground(StrEnum):
    """The five grounds of the policy for not showing somebody what is held about them; there is no other."""

    OTHER_PEOPLE = "other-people"
    LEGAL = "legal"
    SECURITY = "security"
    PROPRIETARY = "proprietary"
    COST = "cost"

    @property
    def words(self) -> str:
        return _GROUND_WORDS[self]


_GROUND_WORDS = {
    Ground.OTHER_PEOPLE: "it refers to other people who could be recognised",
    Ground.LEGAL: "of legal concerns",
    Ground.SECURITY: "of security",
    Ground.PROPRIETARY: "of proprietary rights",
    Ground.COST: "of what it would cost",
}


class Restriction(SealedModel):
    """Something that a person is not shown until `until`: a table, one of its columns, or one row of it.

    For its cost nothing is withheld before the person was told how much it would be.
    """

    customer_id: int | None
    customer = ForeignKeyField(Customer, null=True, backref="restrictions", on_delete="CASCADE")
    email_index = ImpersonalBlob(null=True, index=True)
    email = Sealed(declared.RESTRICTED_EMAIL, blind_index="email_index")
    of_table = ImpersonalText()
    of_column = ImpersonalText(default="")
    row_id = IntegerField(null=True)
    ground = ImpersonalText(constraints=[Check(one_of("ground", Ground))])
    reason = Sealed(declared.REASON)
    quoted_cents = IntegerField(null=True)
    decided_by = IntegerField()
    created_at = UtcDateTimeField(default=clock.now)
    until = UtcDateTimeField()
    lifted_at = UtcDateTimeField(null=True)
    lifted_by = IntegerField(null=True)

    class Meta:
        constraints = (Check("ground <> 'cost' OR quoted_cents IS NOT NULL"),)
