"""Customers with an account. Everything personal is sealed for the one subject of the customer's profile."""

from __future__ import annotations

from enum import StrEnum

from peewee import SQL, BooleanField, ForeignKeyField, IntegerField

from .. import clock
from ..db import BaseModel, ImpersonalBlob, ImpersonalText, UtcDateTimeField
from ..policies.models import PolicyVersion
from ..vault import Sealed, SealedModel, checked_source
from . import personal_data as declared


class Customer(SealedModel):
    """`password_hash` is argon2id; an account is made by the link that proves its mailbox, so its e-mail is always
    somebody's own. `confirmed_at` is when the customer last said that all of it is still correct, `warned_at` when they
    were last told that the account ends because nobody uses it. Once `closed_at` is set nobody signs in any more; after
    an erasure nothing is left in the row but its id and dates.
    """

    email_index = ImpersonalBlob(null=True, unique=True)
    phone_index = ImpersonalBlob(null=True, index=True)
    email = Sealed(declared.EMAIL, blind_index="email_index")
    name = Sealed(declared.NAME)
    phone = Sealed(declared.PHONE, blind_index="phone_index")
    password_hash = ImpersonalText(default="")
    created_at = UtcDateTimeField(default=clock.now)
    seen_at = UtcDateTimeField(default=clock.now, index=True)
    confirmed_at = UtcDateTimeField(default=clock.now)
    warned_at = UtcDateTimeField(null=True)
    closed_at = UtcDateTimeField(null=True)


class CustomerSession(BaseModel):
    """A sign-in: the cookie holds a random token, this row its hash."""

    customer_id: int
    customer = ForeignKeyField(Customer, backref="sessions", on_delete="CASCADE")
    token_hash = ImpersonalBlob(unique=True)
    created_at = UtcDateTimeField(default=clock.now)
    seen_at = UtcDateTimeField(default=clock.now)


class LinkPurpose(StrEnum):
    """What a mailed link lets its holder do."""

    SIGN_UP = "sign-up"
    RESET_PASSWORD = "reset-password"  # noqa: S105
    CHANGE_EMAIL = "change-email"
    UNDO_EMAIL = "undo-email"
    MY_DATA = "my-data"
    ERASE = "erase"
    UNDO_ERASURE = "undo-erasure"


class MailedLink(SealedModel):
    """A link mailed to an address, which proves that its holder reads that mailbox: good once, and not for long.

    Its key is a subject of its own, of the class "link". `bound_to` is the hash of what has to be still as it was when
    the link was asked for, such as the password that it replaces.
    """

    customer_id: int | None
    purpose = ImpersonalText()
    token_hash = ImpersonalBlob(unique=True)
    customer = ForeignKeyField(Customer, null=True, backref="links", on_delete="CASCADE")
    email_index = ImpersonalBlob(null=True, index=True)
    email = Sealed(declared.LINK_EMAIL, blind_index="email_index")
    bound_to = ImpersonalBlob(null=True)
    created_at = UtcDateTimeField(default=clock.now)
    expires_at = UtcDateTimeField()
    used_at = UtcDateTimeField(null=True)


class Address(SealedModel):
    """One of a customer's postal addresses, sealed for the customer's own subject. As long as there are any, one of
    them is for delivery and one for billing, which may be the same."""

    customer_id: int
    customer = ForeignKeyField(Customer, backref="addresses", on_delete="CASCADE")
    name = Sealed(declared.ADDRESS_NAME)
    company = Sealed(declared.ADDRESS_COMPANY)
    street = Sealed(declared.ADDRESS_STREET)
    district = Sealed(declared.ADDRESS_DISTRICT)
    city = Sealed(declared.ADDRESS_CITY)
    region = Sealed(declared.ADDRESS_REGION)
    postcode = Sealed(declared.ADDRESS_POSTCODE)
    country = Sealed(declared.ADDRESS_COUNTRY)
    is_for_delivery = BooleanField(default=False)
    is_for_billing = BooleanField(default=False)
    created_at = UtcDateTimeField(default=clock.now)


class AddressUse(StrEnum):
    """What one of a customer's addresses is chosen for."""

    DELIVERY = "delivery"
    BILLING = "billing"

    @property
    def column(self) -> str:
        return f"is_for_{self}"


for _use in AddressUse:
    Address.add_index(Address.customer, unique=True, where=SQL(_use.column), name=f"address_{_use.column}")


class ReminderReason(StrEnum):
    """What a customer is asked to look at."""

    UNCONFIRMED = "unconfirmed"
    MAIL_REFUSED = "mail-refused"
    CARD_ENDS = "card-ends"
    PARCEL_RETURNED = "parcel-returned"


class Reminder(BaseModel):
    """That a customer was reminded: once for each reason, what it is `about` (a card's id, or 0) and `period`.

    `period` is a code: what the reminder was for as it stood then, or the day.
    """

    customer_id: int
    customer = ForeignKeyField(Customer, backref="reminders", on_delete="CASCADE")
    reason = ImpersonalText()
    about_id = IntegerField(default=0)
    period = ImpersonalText()
    at = UtcDateTimeField(default=clock.now)

    class Meta:
        indexes = ((("customer", "reason", "about_id", "period"), True),)


class Consent(BaseModel):
    """One answer to one question, never changed: the newest row of a purpose is what holds.

    `text` is the question's exact words as they were shown, `policy` the version that was in force.
    """

    customer_id: int
    customer = ForeignKeyField(Customer, backref="consents", on_delete="CASCADE")
    purpose = ImpersonalText()
    is_given = BooleanField()
    text = ImpersonalText()
    policy_id: int
    policy = ForeignKeyField(PolicyVersion, on_delete="RESTRICT")
    source = ImpersonalText(constraints=[checked_source()])
    at = UtcDateTimeField(default=clock.now)

    class Meta:
        indexes = ((("customer", "purpose", "id"), False),)


class Authenticator(SealedModel):
    """An app that shows codes; it counts once `confirmed_at` is set. A code is good once: `last_step` is the time step
    of the newest that was used."""

    customer_id: int
    customer = ForeignKeyField(Customer, unique=True, backref="authenticators", on_delete="CASCADE")
    secret = Sealed(declared.AUTHENTICATOR)
    created_at = UtcDateTimeField(default=clock.now)
    confirmed_at = UtcDateTimeField(null=True)
    last_step = IntegerField(default=0)


class RecoveryCode(BaseModel):
    """A way in without the second factor, good once; only its hash is kept."""

    customer_id: int
    customer = ForeignKeyField(Customer, backref="recovery_codes", on_delete="CASCADE")
    code_hash = ImpersonalBlob()
    created_at = UtcDateTimeField(default=clock.now)
    used_at = UtcDateTimeField(null=True)


class Passkey(BaseModel):
    """A key in the customer's device or password manager, of which the shop holds the public half. `user_handle` is a
    random number that stands for the account there; `is_synced` says that it is kept in more places than one device."""

    customer_id: int
    customer = ForeignKeyField(Customer, backref="passkeys", on_delete="CASCADE")
    credential_id = ImpersonalBlob(unique=True)
    public_key = ImpersonalBlob()
    user_handle = ImpersonalBlob(index=True)
    sign_count = IntegerField(default=0)
    is_synced = BooleanField(default=False)
    created_at = UtcDateTimeField(default=clock.now)
    used_at = UtcDateTimeField(null=True)


class StepKind(StrEnum):
    """What somebody is in the middle of."""

    SECOND_FACTOR = "second-factor"
    PASSKEY_SIGN_IN = "passkey-sign-in"
    PASSKEY_ADDED = "passkey-added"


class SignInStep(BaseModel):
    """Half of a sign-in, or of adding a passkey: the cookie holds a random token, this row its hash. It opens nothing
    by itself, lasts minutes, and is gone once it was finished or tried too often."""

    customer_id: int | None
    kind = ImpersonalText()
    token_hash = ImpersonalBlob(unique=True)
    customer = ForeignKeyField(Customer, null=True, backref="steps", on_delete="CASCADE")
    challenge = ImpersonalBlob(null=True)
    tries = IntegerField(default=0)
    expires_at = UtcDateTimeField(index=True)


class CustomerNote(SealedModel):
    """What somebody at the desk wrote down about a customer, sealed for the customer's own subject."""

    customer_id: int
    customer = ForeignKeyField(Customer, backref="notes", on_delete="CASCADE")
    text = Sealed(declared.STAFF_NOTE)
    staff_id = IntegerField()
    created_at = UtcDateTimeField(default=clock.now)
