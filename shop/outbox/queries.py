"""Mails, for the pages of what they are about."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from peewee import ModelSelect

from .. import clock
from ..config import settings
from .models import Mail, MailState


def mails_about(kind: str, row_id: int) -> ModelSelect[Any]:
    """The mails about one row, such as ("order", 12), oldest first, without their bodies."""
    columns = (
        *(Mail.id, Mail.subject, Mail.kind, Mail.state, Mail.attempts, Mail.error),
        *(Mail.created_at, Mail.due_at, Mail.sent_at, Mail.purged_at, Mail.recipient, Mail.subject_line),
    )
    found: ModelSelect[Any] = (
        Mail.select(*columns).where((Mail.about_kind == kind) & (Mail.about_id == row_id)).order_by(Mail.id)
    )
    return found


def is_stuck() -> Any:
    """Which mails did not leave when they were first tried, and still stand: tried again, or given up."""
    is_waiting = (Mail.state == MailState.QUEUED) & (Mail.attempts > 0)
    return ((Mail.state == MailState.FAILED) | is_waiting) & Mail.purged_at.is_null()


def mails_due(limit: int) -> ModelSelect[Any]:
    """The next mails to send, those that wait longest first."""
    is_due = (Mail.state == MailState.QUEUED) & (Mail.due_at <= clock.now())
    found: ModelSelect[Any] = Mail.select(Mail.id).where(is_due).order_by(Mail.due_at, Mail.id).limit(limit)
    return found


def mails_to_purge(limit: int) -> ModelSelect[Any]:
    """Mails whose time in the shop is over, or that were the last to somebody, and whose bodies still stand."""
    oldest = clock.now() - timedelta(days=settings().keep_mail_days)
    has_left = Mail.is_last & Mail.state.in_([MailState.SENT, MailState.FAILED])
    found: ModelSelect[Any] = (
        Mail.select(Mail.id, Mail.subject, Mail.kind, Mail.is_last)
        .where((Mail.created_at <= oldest) | has_left, Mail.purged_at.is_null())
        .order_by(Mail.id)
        .limit(limit)
    )
    return found
