"""Reminders to look at an account: each once in REMIND_AFTER_DAYS, and by mail only to those who agreed to be reminded.

To an address that refused a mail nothing is sent: that reminder waits on the customer's own pages.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from peewee import DoesNotExist, ModelSelect, fn

from ... import clock
from ...audit.services import record
from ...config import settings
from ...db import db
from ...outbox.models import Mail, MailKind, MailState
from ...outbox.services import BadAddress, queue_mail, render_mail
from ...outbox.troubles import BOUNCES
from ...vault import REMOVED, version_of
from ..consents import ConsentPurpose
from ..models import Customer, Reminder, ReminderReason
from ..queries import customers_with_consent
from .locking import locked

__all__ = [
    "mail_refused_at",
    "note_refused_mails",
    "note_returned_parcel",
    "parcel_returned_at",
    "remind_by_mail",
    "remind_unconfirmed",
]

AT_A_TIME = 100


def remind_unconfirmed(*, but: ModelSelect[Any]) -> int:
    """Ask all who have not said for long that their details are still correct; how many were asked. `but` selects the
    ids of those who are left alone."""
    long_ago = _long_ago()
    agreed = customers_with_consent(ConsentPurpose.REMINDERS)
    due = _not_reminded(ReminderReason.UNCONFIRMED, but).where(
        Customer.confirmed_at <= long_ago, Customer.id.in_(agreed)
    )
    return sum(remind_by_mail(customer=customer, reason=ReminderReason.UNCONFIRMED) for customer in _in_parts(due))


def note_refused_mails(*, but: ModelSelect[Any]) -> int:
    """Remind those whose address refused a mail since they last confirmed it; how many there were."""
    refused = Mail.select(Mail.id).where(
        Mail.recipient_index == Customer.email_index,
        Mail.state == MailState.FAILED,
        Mail.error.in_(BOUNCES),
        Mail.created_at > Customer.confirmed_at,
    )
    due = _not_reminded(ReminderReason.MAIL_REFUSED, but).where(fn.EXISTS(refused))
    return sum(_note_refused(customer) for customer in _in_parts(due))


def mail_refused_at(customer: Customer) -> datetime | None:
    """When it was found that this address refuses mails; None once the customer changed or confirmed it."""
    newest: Reminder | None = (
        Reminder.select()
        .where(Reminder.customer == customer.id, Reminder.reason == ReminderReason.MAIL_REFUSED)
        .order_by(Reminder.id.desc())
        .first()
    )
    if newest is None or newest.at < customer.confirmed_at or not newest.period.startswith(_address_code(customer)):
        return None
    at: datetime = newest.at
    return at


def note_returned_parcel(*, customer_id: int, shipment_id: int) -> None:
    """Let the account's pages ask whether its addresses are right, in the caller's transaction; not in a closed one."""
    try:
        row = locked(Customer(id=customer_id))
    except DoesNotExist:
        return
    if not _was_reminded(row, ReminderReason.PARCEL_RETURNED, shipment_id):
        _note(row, ReminderReason.PARCEL_RETURNED, shipment_id, clock.now().date().isoformat())


def parcel_returned_at(customer: Customer) -> datetime | None:
    """When a parcel to this customer came back; None once they said that everything is correct."""
    newest: Reminder | None = (
        Reminder.select()
        .where(
            Reminder.customer == customer.id,
            Reminder.reason == ReminderReason.PARCEL_RETURNED,
            Reminder.at > customer.confirmed_at,
        )
        .order_by(Reminder.id.desc())
        .first()
    )
    return newest.at if newest else None


def remind_by_mail(*, customer: Customer, reason: ReminderReason, about_id: int = 0, **facts: Any) -> bool:
    """Write one mail, `mail/reminder-<reason>`, unless that was done within the time; whoever calls it knows that the
    customer agreed. Whether it was written."""
    with db.atomic():
        row = locked(customer)
        if _was_reminded(row, reason, about_id) or not _can_be_written_to(row):
            return False
        reminder = _note(row, reason, about_id, clock.now().date().isoformat())
        mail = render_mail(f"reminder-{reason}", customer=row, **facts)
        try:
            queue_mail(
                key=f"reminder:{reminder.id}",
                kind=MailKind.REMINDER,
                to=row.email,
                about=("customer", row.id),
                **mail.parts,
            )
        except BadAddress:
            return False
    return True


def _can_be_written_to(customer: Customer) -> bool:
    return bool(customer.email) and customer.email is not REMOVED and mail_refused_at(customer) is None


def _note_refused(customer: Customer) -> bool:
    with db.atomic():
        row = locked(customer)
        if _was_reminded(row, ReminderReason.MAIL_REFUSED, 0):
            return False
        _note(row, ReminderReason.MAIL_REFUSED, 0, f"{_address_code(row)}.{clock.now().date().isoformat()}")
    return True


def _note(customer: Customer, reason: ReminderReason, about_id: int, period: str) -> Reminder:
    reminder: Reminder = Reminder.create(customer=customer.id, reason=reason, about_id=about_id, period=period)
    record("customer-reminded", actor="shop", about=("customer", customer.id), reason=reason)
    return reminder


def _not_reminded(reason: ReminderReason, but: ModelSelect[Any]) -> ModelSelect[Any]:
    """Customers with an account, but for those who were reminded of this within the time."""
    recent = Reminder.select(Reminder.customer).where(Reminder.reason == reason, Reminder.at > _long_ago())
    return Customer.select().where(
        Customer.closed_at.is_null(),
        Customer.email_index.is_null(False),
        Customer.id.not_in(recent),
        Customer.id.not_in(but),
    )


def _was_reminded(customer: Customer, reason: ReminderReason, about_id: int) -> bool:
    return bool(
        Reminder.select()
        .where(
            Reminder.customer == customer.id,
            Reminder.reason == reason,
            Reminder.about_id == about_id,
            Reminder.at > _long_ago(),
        )
        .exists()
    )


def _in_parts(due: ModelSelect[Any]) -> Iterable[Customer]:
    """All rows of a query, some at a time; one that is done is due no more, and none comes twice."""
    last = 0
    while rows := list(due.where(Customer.id > last).order_by(Customer.id).limit(AT_A_TIME)):
        yield from rows
        last = rows[-1].id


def _long_ago() -> datetime:
    return clock.now() - timedelta(days=settings().remind_after_days)


def _address_code(customer: Customer) -> str:
    return version_of(customer, "email")
