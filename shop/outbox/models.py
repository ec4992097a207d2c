"""Mails as rows: written with what they tell of, sent later."""

from __future__ import annotations

from enum import StrEnum

from peewee import BooleanField, IntegerField

from .. import clock
from ..db import ImpersonalBlob, ImpersonalText, UtcDateTimeField
from ..vault import Sealed, SealedModel
from . import personal_data as declared


class MailKind(StrEnum):
    """Every kind of mail the shop writes; there is none for promotion."""

    ORDER_TO_PAY = "order-to-pay"
    ORDER_CONFIRMED = "order-confirmed"
    ORDER_PROBLEM = "order-problem"
    ORDER_SHIPPED = "order-shipped"
    ORDER_RETURNED = "order-returned"
    ORDER_CANCELLED = "order-cancelled"
    ORDER_REFUNDED = "order-refunded"
    ORDER_CHANGED = "order-changed"
    PAYMENT_PROBLEM = "payment-problem"
    CORRESPONDENCE = "correspondence"
    REMINDER = "reminder"
    SIGN_UP = "sign-up"
    SIGN_IN = "sign-in"
    CHANGE_EMAIL = "change-email"
    ACCOUNT_NOTICE = "account-notice"

    @property
    def words(self) -> str:
        """How the owner's pages name it."""
        return _WORDS[self]


_WORDS = {
    MailKind.ORDER_TO_PAY: "link to pay for an order",
    MailKind.ORDER_CONFIRMED: "order confirmed",
    MailKind.ORDER_PROBLEM: "order cannot be processed",
    MailKind.ORDER_SHIPPED: "order shipped",
    MailKind.ORDER_RETURNED: "parcel came back",
    MailKind.ORDER_CANCELLED: "order cancelled",
    MailKind.ORDER_REFUNDED: "money given back",
    MailKind.ORDER_CHANGED: "order changed",
    MailKind.PAYMENT_PROBLEM: "payment problem",
    MailKind.CORRESPONDENCE: "correspondence",
    MailKind.REMINDER: "reminder",
    MailKind.SIGN_UP: "link to make an account",
    MailKind.SIGN_IN: "link into the account",
    MailKind.CHANGE_EMAIL: "link to confirm an e-mail address",
    MailKind.ACCOUNT_NOTICE: "notice about the account's safety",
}


class MailState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class Mail(SealedModel):
    """`key` names what the mail tells, so that it is told once; `error` is the class of the last failure, no more.

    What that means in words stands in troubles.py. Of one that `is_last`, to somebody who was forgotten, the shop keeps
    no copy once it was sent or given up.
    """

    key = ImpersonalText(unique=True)
    kind = ImpersonalText()
    about_kind = ImpersonalText()
    about_id = IntegerField()
    recipient_index = ImpersonalBlob(null=True, index=True)
    recipient = Sealed(declared.RECIPIENT, blind_index="recipient_index", kind="email")
    subject_line = Sealed(declared.SUBJECT_LINE)
    text = Sealed(declared.TEXT)
    html = Sealed(declared.HTML)
    state = ImpersonalText(default=MailState.QUEUED)
    attempts = IntegerField(default=0)
    error = ImpersonalText(default="")
    is_last = BooleanField(default=False)
    created_at = UtcDateTimeField(default=clock.now)
    due_at = UtcDateTimeField(default=clock.now)
    claimed_at = UtcDateTimeField(null=True)
    sent_at = UtcDateTimeField(null=True)
    purged_at = UtcDateTimeField(null=True)

    class Meta:
        indexes = ((("state", "due_at"), False), (("about_kind", "about_id"), False))
