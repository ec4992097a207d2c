"""The people who work in the shop, and their sign-ins."""

from __future__ import annotations

from enum import StrEnum

from peewee import BooleanField, ForeignKeyField, IntegerField

from .. import clock
from ..db import BaseModel, ImpersonalBlob, ImpersonalText, UtcDateTimeField
from ..vault import Sealed, SealedModel
from . import personal_data as declared


class Role(StrEnum):
    """What somebody at the desk is there for; `roles` says which pages that opens."""

    OWNER = "owner"
    STAFF = "staff"
    PRIVACY = "privacy administrator"
    DESIGNATE = "designate"
    AUDITOR = "auditor"


class Staff(SealedModel):
    email_index = ImpersonalBlob(null=True, unique=True)
    email = Sealed(declared.EMAIL, blind_index="email_index")
    name = Sealed(declared.NAME)
    password_hash = ImpersonalText()
    role = ImpersonalText(default=Role.STAFF)
    is_active = BooleanField(default=True)
    created_at = UtcDateTimeField(default=clock.now)


class StaffSession(BaseModel):
    """A sign-in: the cookie holds a random token, this row its hash."""

    staff_id: int
    staff = ForeignKeyField(Staff, backref="sessions", on_delete="CASCADE")
    token_hash = ImpersonalBlob(unique=True)
    created_at = UtcDateTimeField(default=clock.now)
    seen_at = UtcDateTimeField(default=clock.now)


class Look(BaseModel):
    """Why a member of staff opens something of a customer's today, and since when they have: `about` as the audit trail
    names it. `day` is a date in the shop's time zone."""

    staff_id: int
    staff = ForeignKeyField(Staff, backref="looks", on_delete="CASCADE")
    day = ImpersonalText()
    about_kind = ImpersonalText()
    about_id = IntegerField()
    reason = ImpersonalText()
    at = UtcDateTimeField(default=clock.now)
    opened_at = UtcDateTimeField(null=True)

    class Meta:
        indexes = ((("staff", "day", "about_kind", "about_id"), True),)


class SavedView(BaseModel):
    """A state of the order list that somebody at the desk comes back to. `state` is the list's address without what was
    searched for, which may be a customer's; `name` is a heading of a few plain words, such as "Abroad, to pack"."""

    staff_id: int
    staff = ForeignKeyField(Staff, backref="views", on_delete="CASCADE")
    name = ImpersonalText()
    state = ImpersonalText()
    created_at = UtcDateTimeField(default=clock.now)
