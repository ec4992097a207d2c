"""Who is signed in."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from datetime import timedelta

from .. import clock
from ..vault import blind, preload
from .models import Role, Staff, StaffAuthenticator, StaffSession

IDLE_FOR, IN_ALL = timedelta(hours=2), timedelta(hours=12)


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def session_of(token: str) -> StaffSession | None:
    """The sign-in that `token` stands for, with its `staff`; None when it ended, or the person no longer works here."""
    now = clock.now()
    found: StaffSession | None = (
        StaffSession.select(StaffSession, Staff)
        .join(Staff)
        .where(
            StaffSession.token_hash == token_hash(token),
            StaffSession.seen_at > now - IDLE_FOR,
            StaffSession.created_at > now - IN_ALL,
            Staff.is_active,
        )
        .first()
    )
    return found


def staff_with(email: str) -> Staff | None:
    """Whoever signs in with this e-mail, or did while they worked here."""
    found: Staff | None = Staff.get_or_none(Staff.email_index == blind("email", email))
    return found


def everybody() -> list[Staff]:
    """Who works or worked here: those who may sign in first, and each kind in the order in which they came."""
    people = list(Staff.select().order_by(Staff.is_active.desc(), Staff.id))
    preload(person.subject for person in people)
    return people


def with_second_factor(ids: Iterable[int]) -> set[int]:
    """Those of them who set up an app."""
    is_on = StaffAuthenticator.confirmed_at.is_null(False) & StaffAuthenticator.staff.in_(list(ids))
    return {row.staff_id for row in StaffAuthenticator.select(StaffAuthenticator.staff).where(is_on)}


def is_in_office(person: Staff) -> bool:
    """Whether they may do what their role says now: a designate within their time, anybody else always."""
    if person.role != Role.DESIGNATE:
        return True
    since, until = person.designated_from, person.designated_until
    return since is not None and until is not None and since <= clock.now() < until


def sessions_of(staff_id: int) -> list[StaffSession]:
    """The sign-ins that still open something, newest first."""
    now = clock.now()
    is_open = (StaffSession.seen_at > now - IDLE_FOR) & (StaffSession.created_at > now - IN_ALL)
    theirs = StaffSession.select().where((StaffSession.staff == staff_id) & is_open)
    return list(theirs.order_by(StaffSession.created_at.desc()))


def roles_of(staff_ids: Iterable[int]) -> dict[int, str]:
    """What each of them may do, as a word."""
    rows = Staff.select(Staff.id, Staff.role).where(Staff.id.in_(list(staff_ids)))
    return {row.id: str(row.role) for row in rows}


def staff_names(ids: Collection[int]) -> dict[int, str]:
    """Of those who work or worked here, by id."""
    if not ids:
        return {}
    people = list(Staff.select(Staff.id, Staff.subject, Staff.name).where(Staff.id.in_(ids)))
    preload(person.subject for person in people)
    return {person.id: str(person.name) for person in people}
