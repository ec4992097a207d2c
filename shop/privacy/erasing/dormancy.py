"""Accounts that nobody uses any more: written to first, and forgotten when no answer comes; a visit stops it.

Nobody is forgotten who was not written to, and only once the notice left the whole time before, however late the worker
looks or whatever the clock did in between.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ... import clock
from ...audit.services import record
from ...config import settings
from ...customers.models import Customer
from ...db import db
from ...in_turn import in_turn
from ...outbox.models import Mail, MailKind, MailState
from ...outbox.services import absolute_link, queue_mail, render_mail
from ..person import person_of
from .queries import open_erasure
from .services import begin_dormant


def look_after_dormant() -> int:
    """Write to those who have not been here for long, and forget those who did not come; how many of the latter."""
    try:
        in_turn(_warn, list(_quiet().where(_not_warned())))
    finally:
        closed = in_turn(_close, list(_quiet().where(~_not_warned())))
    return closed


def _quiet() -> Any:
    """Who has not signed in for DORMANT_AFTER_DAYS."""
    oldest = clock.now() - timedelta(days=settings().dormant_after_days)
    return Customer.select().where(Customer.closed_at.is_null(), Customer.seen_at <= oldest).order_by(Customer.id)


def _not_warned() -> Any:
    """A notice counts when it was written after the last visit, and not in a future that the clock came back from."""
    warned = Customer.warned_at
    return warned.is_null() | (warned <= Customer.seen_at) | (warned > clock.now())


def _warn(customer: Customer) -> None:
    now = clock.now()
    with db.atomic():
        if not Customer.update(warned_at=now).where(Customer.id == customer.id, _not_warned()).execute():
            return
        customer.warned_at = now
        rendered = render_mail(
            "dormant",
            customer=customer,
            ends_at=now + timedelta(days=settings().dormant_notice_days),
            sign_in=absolute_link("account.sign_in"),
        )
        queue_mail(
            key=_key(customer),
            kind=MailKind.CORRESPONDENCE,
            to=str(customer.email),
            about=("customer", customer.id),
            **rendered.parts,
        )
        record("dormant-noticed", actor="shop", about=("customer", customer.id))


def _key(customer: Customer) -> str:
    return f"dormant:{customer.id}:{customer.warned_at:%Y%m%d%H%M}"


def _close(customer: Customer) -> bool:
    noticed = _noticed_at(customer)
    if noticed is None or noticed > clock.now() - timedelta(days=settings().dormant_notice_days):
        return False
    with db.atomic():
        if open_erasure(person_of(customer)) is not None:
            return False
        begin_dormant(customer=customer)
    return True


def _noticed_at(customer: Customer) -> datetime | None:
    """When the notice left the shop, or was given up; None as long as it waits."""
    mail: Mail | None = Mail.get_or_none(Mail.key == _key(customer))
    if mail is None:
        return None
    left: datetime | None = mail.created_at if mail.state == MailState.FAILED else mail.sent_at
    return left


def came_back(customer: Customer) -> bool:
    """Whether they were here since the notice."""
    return customer.warned_at is None or customer.seen_at >= customer.warned_at
