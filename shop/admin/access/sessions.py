"""Sign-ins of staff: begun, kept alive and ended."""

from __future__ import annotations

import secrets
from datetime import timedelta

from ... import clock
from ...audit.services import record
from ...db import db
from ..models import Staff, StaffSession, StaffStep
from ..queries import IDLE_FOR, IN_ALL, token_hash

TOKEN_BYTES = 32
# A visit is noted this often and no more, so that reading pages hardly ever writes.
NOTED_EVERY = timedelta(minutes=5)


def begin_session(*, staff: Staff, is_proven: bool) -> str:
    """A new session's token, for the cookie alone. Whoever calls it knows who this is; `is_proven` by both factors."""
    token, now = secrets.token_urlsafe(TOKEN_BYTES), clock.now()
    with db.atomic():
        StaffSession.delete().where(
            (StaffSession.seen_at < now - IDLE_FOR) | (StaffSession.created_at < now - IN_ALL)
        ).execute()
        StaffSession.create(
            staff=staff.id,
            token_hash=token_hash(token),
            created_at=now,
            seen_at=now,
            proven_at=now if is_proven else None,
        )
        Staff.update(seen_at=now).where(Staff.id == staff.id).execute()
        record("staff-signed-in", actor=f"staff:{staff.id}", about=("staff", staff.id))
    return token


def note_visit(*, session: StaffSession) -> None:
    """Keep a session alive."""
    now = clock.now()
    if session.seen_at < now - NOTED_EVERY:
        with db.atomic():
            StaffSession.update(seen_at=now).where(StaffSession.id == session.id).execute()
            Staff.update(seen_at=now).where(Staff.id == session.staff_id).execute()


def end_session(*, session: StaffSession) -> None:
    """Its token opens nothing any more, wherever a copy of it may be."""
    with db.atomic():
        if StaffSession.delete().where(StaffSession.id == session.id).execute():
            record("staff-signed-out", actor=f"staff:{session.staff_id}", about=("staff", session.staff_id))


def end_sessions(*, staff: Staff, by: str, but: StaffSession | None = None) -> int:
    """End all but one, or all, and what is half done; how many there were. `by` is an actor of the trail."""
    others = (StaffSession.staff == staff.id) & (StaffSession.id != (but.id if but else 0))
    with db.atomic():
        StaffStep.delete().where(StaffStep.staff == staff.id).execute()
        ended = int(StaffSession.delete().where(others).execute())
        if ended:
            record("staff-sessions-ended", actor=by, about=("staff", staff.id), count=ended)
    return ended
