"""Writing the trail."""

from __future__ import annotations

import json

from .. import clock
from ..db import db, is_sqlite
from ..vault import remember
from .events import UndeclaredEvent, checked
from .models import AuditEvent
from .queries import BEFORE_THE_FIRST, TAIL, digest_of, last_event, marked_tail

__all__ = ["UndeclaredEvent", "accept_tail", "mark_tail", "record"]

ADVISORY_LOCK = 0x61756469


def record(kind: str, *, actor: str, about: tuple[str, int], **details: int | str | None) -> AuditEvent:
    """Write one event in the caller's transaction: it stands if and only if what it tells of does.

    `actor` is "shop", "guest", "staff:3" or "customer:7". Call it last in the transaction, for on PostgreSQL writers
    wait for one another from here to their commit. Raises UndeclaredEvent.
    """
    checked(kind, actor, details)
    with db.atomic():
        _take_turn()
        before = last_event()
        event = AuditEvent(
            number=1 if before is None else before.number + 1,
            at=clock.now(),
            kind=kind,
            actor=actor,
            about_kind=about[0],
            about_id=about[1],
            details=json.dumps(details, sort_keys=True, separators=(",", ":")),
            previous=BEFORE_THE_FIRST if before is None else bytes(before.digest),
        )
        event.digest = digest_of(event)
        event.save(force_insert=True)
    return event


def mark_tail() -> None:
    """Note in the key store how far the trail goes, so that its end cannot be cut off unnoticed. Never goes back."""
    last = last_event()
    if last is not None and last.number > marked_tail()[0]:
        remember(TAIL, last.number.to_bytes(8) + bytes(last.digest))


def accept_tail(*, actor: str) -> None:
    """After a restore: take the trail's present end for the true one, and say in the trail that this was done."""
    last = last_event()
    number = 0 if last is None else last.number
    with db.atomic():
        event = record("tail-accepted", actor=actor, about=("audit", number), number=number)
    remember(TAIL, event.number.to_bytes(8) + bytes(event.digest))


def _take_turn() -> None:
    """One chain needs one writer at a time; SQLite's transactions are that already."""
    if not is_sqlite():
        db.execute_sql("SELECT pg_advisory_xact_lock(%s)", (ADVISORY_LOCK,))
