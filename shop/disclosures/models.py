"""One row for each time something about a person was given to somebody outside the shop."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any

from peewee import Check, IntegerField

from .. import clock
from ..db import BaseModel, ImpersonalText, UtcDateTimeField
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


def _one_of(column: str, values: type[StrEnum]) -> Any:
    return Check(f"{column} IN ({', '.join(repr(str(value)) for value in values)})")


class Disclosure(BaseModel):
    """`fields` are the names of what was handed over, as JSON, never the values; `who` says which carrier, maker or
    authority it was, as a code. `agreement` names what binds them to use it for nothing else."""

    about_kind = ImpersonalText()
    about_id = IntegerField()
    recipient = ImpersonalText(constraints=[_one_of("recipient", Recipient)])
    who = ImpersonalText(default="")
    fields = ImpersonalText()
    purpose = ImpersonalText(constraints=[_one_of("purpose", DisclosurePurpose)])
    agreement = ImpersonalText(default="")
    by = ImpersonalText()
    at = UtcDateTimeField(default=clock.now)

    class Meta:
        indexes = ((("about_kind", "about_id", "id"), False),)

    @property
    def field_names(self) -> list[str]:
        return list(json.loads(self.fields))
