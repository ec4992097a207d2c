"""One row for each time something about a person was given to somebody outside the shop, and who may be given it."""

from __future__ import annotations

import json
from enum import StrEnum

from peewee import BooleanField, Check, IntegerField

from .. import clock
from ..db import BaseModel, ImpersonalText, UtcDateTimeField, one_of
from ..vault import Recipient


class DisclosurePurpose(StrEnum):
    """Everything that something may be handed over for. Promotion is not among it: the database refuses such a row."""

    PAYMENT = "payment"
    DELIVERY = "delivery"
    MANUFACTURE = "manufacture"
    LAW = "law"

    @property
    def words(self) -> str:
        """How My data says it: "to …"."""
        return _WORDS[self]


_WORDS = {
    DisclosurePurpose.PAYMENT: "to take a payment or give it back",
    DisclosurePurpose.DELIVERY: "to bring you what you bought",
    DisclosurePurpose.MANUFACTURE: "to make what you ordered, or send it from where it is made",
    DisclosurePurpose.LAW: "because the law asked for it in a case of fraud or another crime",
}


class AgainReason(StrEnum):
    """Why the same order is given to the same recipient once more."""

    LOST = "lost"
    CORRECTED = "corrected"
    RETURNED = "returned"
    REPLACED = "replaced"

    @property
    def words(self) -> str:
        return _AGAIN_WORDS[self]


_AGAIN_WORDS = {
    AgainReason.LOST: "they did not get it, or lost it",
    AgainReason.CORRECTED: "something in it was wrong and is corrected",
    AgainReason.RETURNED: "the parcel came back and goes out again",
    AgainReason.REPLACED: "the goods were damaged and are replaced",
}


class Disclosure(BaseModel):
    """`fields` are the names of what was handed over, as JSON, never the values; `who` says which carrier, maker or
    authority it was, as a code, or what was printed. `agreement` names what binds them to use it for nothing else.
    `reason` says why it was handed over once more."""

    about_kind = ImpersonalText()
    about_id = IntegerField()
    recipient = ImpersonalText(constraints=[Check(one_of("recipient", Recipient))])
    who = ImpersonalText(default="")
    fields = ImpersonalText()
    purpose = ImpersonalText(constraints=[Check(one_of("purpose", DisclosurePurpose))])
    agreement = ImpersonalText(default="")
    reason = ImpersonalText(default="")
    by = ImpersonalText()
    at = UtcDateTimeField(default=clock.now)

    class Meta:
        indexes = ((("about_kind", "about_id", "id"), False),)

    @property
    def field_names(self) -> list[str]:
        return list(json.loads(self.fields))


# Who can stand in the register: paper has a register of its own.
OUTSIDE = (Recipient.CARRIER, Recipient.MANUFACTURER, Recipient.PAYMENT_PROCESSOR, Recipient.AUTHORITY)


class RegisteredRecipient(BaseModel):
    """A firm or office outside the shop. `code` is what a disclosure's `who` says and never changes; `fields` are the
    names of what it may be given, as JSON. Without `agreed_at`, or after `ended_at`, it is given nothing.

    A maker's `name` is that on its products.
    """

    code = ImpersonalText(unique=True)
    name = ImpersonalText(constraints=[Check("TRIM(name) <> ''")])
    kind = ImpersonalText(constraints=[Check(one_of("kind", OUTSIDE))])
    agreed_at = UtcDateTimeField(null=True)
    agreement = ImpersonalText(default="")
    ships_direct = BooleanField(default=False)
    fields = ImpersonalText(default="[]")
    created_at = UtcDateTimeField(default=clock.now)
    ended_at = UtcDateTimeField(null=True)

    @property
    def recipient(self) -> Recipient:
        return Recipient(self.kind)

    @property
    def field_names(self) -> list[str]:
        return list(json.loads(self.fields))

    @property
    def may_receive(self) -> bool:
        """Whether it may be given anything now."""
        return self.agreed_at is not None and self.ended_at is None
