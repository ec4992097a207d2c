"""Erasures, from the wish to the receipt."""

from __future__ import annotations

import json
from enum import StrEnum

from peewee import SQL, Check, ForeignKeyField, IntegerField

from ... import clock
from ...customers.models import Customer
from ...db import BaseModel, ImpersonalBlob, ImpersonalText, UtcDateTimeField, one_of
from ...orders.models import Order
from ...vault import Sealed, SealedModel
from . import personal_data as declared


class ErasureState(StrEnum):
    """Requested, and then either undone, or stopped because something new had come, or run and at last done."""

    REQUESTED = "requested"
    RUNNING = "running"
    DONE = "done"
    UNDONE = "undone"
    STOPPED = "stopped"


OPEN = (ErasureState.REQUESTED, ErasureState.RUNNING)


class Cause(StrEnum):
    """Why somebody is forgotten."""

    ASKED = "asked"
    DORMANT = "dormant"


class Erasure(SealedModel):
    """Somebody is forgotten. Its key is a subject of its own: the address outlives the account until the receipt.

    `proof` says how the desk made sure who was asking, when they did not ask on the shop's own pages.
    `plan_hash` names the plan that was shown, and `shown` is what stood in it, as a JSON list of "table:id"; `step` is
    how many steps of the run are done.
    """

    customer_id: int | None
    customer = ForeignKeyField(Customer, null=True, backref="erasures", on_delete="SET NULL")
    email_index = ImpersonalBlob(null=True, index=True)
    email = Sealed(declared.EMAIL, blind_index="email_index")
    proof = ImpersonalText(default="")
    cause = ImpersonalText(constraints=[Check(one_of("cause", Cause))])
    state = ImpersonalText(
        default=ErasureState.REQUESTED, index=True, constraints=[Check(one_of("state", ErasureState))]
    )
    plan_hash = ImpersonalText(default="")
    shown = ImpersonalText(default="[]")
    step = IntegerField(default=0)
    requested_at = UtcDateTimeField(default=clock.now)
    due_at = UtcDateTimeField()
    started_at = UtcDateTimeField(null=True)
    ended_at = UtcDateTimeField(null=True)

    @property
    def things(self) -> set[str]:
        return set(json.loads(self.shown))

    def ids_of(self, table: str) -> list[int]:
        """Of what was shown, the ids of one table's rows."""
        return sorted(
            int(number) for name, _, number in (thing.partition(":") for thing in self.things) if name == table
        )


Erasure.add_index(
    Erasure.index(Erasure.email_index, unique=True, name="erasure_one_requested", where=SQL("state = 'requested'"))
)


class ErasureKey(BaseModel):
    """A key that an erasure destroys, noted before anything that leads to it goes: a killed run is finished from it."""

    erasure_id: int
    erasure = ForeignKeyField(Erasure, backref="keys", on_delete="CASCADE")
    key = ImpersonalText()

    class Meta:
        indexes = ((("erasure", "key"), True),)


class ToldRecipient(BaseModel):
    """Somebody outside the shop who was given what is now forgotten, and must be told; `told_at` is when that was done.

    `who` is the code of a carrier or maker, `reference` what they know the parcel by; it goes once they are told.
    """

    erasure_id: int
    erasure = ForeignKeyField(Erasure, backref="recipients", on_delete="CASCADE")
    order_id: int | None
    order = ForeignKeyField(Order, null=True, on_delete="SET NULL")
    recipient = ImpersonalText()
    who = ImpersonalText(default="")
    reference = ImpersonalText(default="")
    made_at = UtcDateTimeField(default=clock.now)
    told_at = UtcDateTimeField(null=True, index=True)
    told_by = IntegerField(null=True)

    class Meta:
        indexes = ((("erasure", "order", "recipient", "who"), True),)
