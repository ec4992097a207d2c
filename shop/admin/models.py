"""The people who work in the shop, and their sign-ins."""

from __future__ import annotations

from datetime import datetime, timedelta
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

    @property
    def code(self) -> str:
        """As the audit trail writes it."""
        return self.value.replace(" ", "-")

    @property
    def words(self) -> str:
        return self.value.capitalize()


class Staff(SealedModel):
    """`designated_from` and `designated_until` bound the time of a designate; others have neither."""

    email_index = ImpersonalBlob(null=True, unique=True)
    email = Sealed(declared.EMAIL, blind_index="email_index")
    name = Sealed(declared.NAME)
    password_hash = ImpersonalText()
    role = ImpersonalText(default=Role.STAFF)
    is_active = BooleanField(default=True)
    created_at = UtcDateTimeField(default=clock.now)
    seen_at = UtcDateTimeField(null=True)
    designated_from = UtcDateTimeField(null=True)
    designated_until = UtcDateTimeField(null=True)

    @property
    def designated_last(self) -> datetime | None:
        """The last moment of their time: a whole day ends where the next begins."""
        until: datetime | None = self.designated_until
        return until and until - timedelta(seconds=1)


class StaffSession(BaseModel):
    """A sign-in: the cookie holds a random token, this row its hash. Until `proven_at`, when a second factor was given,
    it opens nothing of any customer's."""

    staff_id: int
    staff = ForeignKeyField(Staff, backref="sessions", on_delete="CASCADE")
    token_hash = ImpersonalBlob(unique=True)
    created_at = UtcDateTimeField(default=clock.now)
    seen_at = UtcDateTimeField(default=clock.now)
    proven_at = UtcDateTimeField(null=True)


class StaffStep(BaseModel):
    """Half of a sign-in: the password was right, the code is asked for. It opens nothing and lasts minutes."""

    staff_id: int
    staff = ForeignKeyField(Staff, backref="steps", on_delete="CASCADE")
    token_hash = ImpersonalBlob(unique=True)
    tries = IntegerField(default=0)
    expires_at = UtcDateTimeField(index=True)


class StaffAuthenticator(SealedModel):
    """An app that shows codes; it counts once `confirmed_at` is set, and takes the place of the one before. A code is
    good once: `last_step` is the time step of the newest that was used. The codes of one that `is_demo` are shown by
    the shop itself, as long as it is for practice."""

    staff_id: int
    staff = ForeignKeyField(Staff, backref="authenticators", on_delete="CASCADE")
    secret = Sealed(declared.AUTHENTICATOR)
    is_demo = BooleanField(default=False)
    created_at = UtcDateTimeField(default=clock.now)
    confirmed_at = UtcDateTimeField(null=True)
    last_step = IntegerField(default=0)


class StaffRecoveryCode(BaseModel):
    """A way in without the app, good once; only its hash is kept."""

    staff_id: int
    staff = ForeignKeyField(Staff, backref="recovery_codes", on_delete="CASCADE")
    code_hash = ImpersonalBlob()
    created_at = UtcDateTimeField(default=clock.now)
    used_at = UtcDateTimeField(null=True)


class Invitation(SealedModel):
    """A mailed link by which somebody gets a sign-in, good once and not for long; sealed under a key of its own.

    `designated_until` is for a designate.
    """

    email_index = ImpersonalBlob(null=True, index=True)
    email = Sealed(declared.INVITED_EMAIL, blind_index="email_index")
    role = ImpersonalText()
    designated_from = UtcDateTimeField(null=True)
    designated_until = UtcDateTimeField(null=True)
    token_hash = ImpersonalBlob(unique=True)
    created_at = UtcDateTimeField(default=clock.now)
    expires_at = UtcDateTimeField()
    used_at = UtcDateTimeField(null=True)
    withdrawn_at = UtcDateTimeField(null=True)


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
