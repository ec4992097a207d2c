"""Who works at the desk, in which role and until when; there is always an owner who can sign in."""

from __future__ import annotations

from datetime import datetime

from ... import clock
from ...audit.services import record
from ...db import db, taken
from ..models import Role, Staff
from .going_again import note_access, note_role
from .sessions import end_sessions


class LastOwner(Exception):
    """Without this one nobody could look after the shop."""

    def __init__(self) -> None:
        super().__init__("This is the only owner. Make somebody else an owner first.")


class NotHere(LookupError):
    """Nobody like that works here."""


def change_role(*, staff_id: int, role: Role, since: datetime | None, until: datetime | None, by_staff_id: int) -> bool:
    """A designate has a time, anybody else none. Ends every sign-in of theirs; False when it was so already.

    Raises LastOwner, and NotHere for somebody who left.
    """
    since, until = (since, until) if role == Role.DESIGNATE else (None, None)
    actor = f"staff:{by_staff_id}"
    with db.atomic():
        person, owners = _locked(staff_id)
        before = Role(person.role)
        if (before, person.designated_from, person.designated_until) == (role, since, until):
            return False
        if role != Role.OWNER:
            _keep_an_owner(person, owners)
        Staff.update(role=role, designated_from=since, designated_until=until).where(Staff.id == person.id).execute()
        end_sessions(staff=person, by=actor)
        note_role(Staff.get_by_id(person.id))
        if before != role:
            record("staff-role-changed", actor=actor, about=("staff", person.id), before=before.code, after=role.code)
        if since and until:
            days = {"since": since.date().isoformat(), "until": until.date().isoformat()}
            record("staff-designated", actor=actor, about=("staff", person.id), **days)
    return True


def end_designation(*, staff_id: int, by_staff_id: int) -> bool:
    """From this moment on; False when their time is over already."""
    with db.atomic():
        person, _ = _locked(staff_id, is_active=None)
        now = clock.now()
        is_on = (
            (Staff.id == person.id) & (Staff.role == Role.DESIGNATE) & (Staff.designated_until > now) & Staff.is_active
        )
        if not Staff.update(designated_until=now).where(is_on).execute():
            return False
        end_sessions(staff=person, by=f"staff:{by_staff_id}")
        note_role(Staff.get_by_id(person.id))
        record("staff-designation-ended", actor=f"staff:{by_staff_id}", about=("staff", person.id))
    return True


def deactivate(*, staff_id: int, by_staff_id: int) -> bool:
    """They are out at once, and cannot sign in. False when they were. Raises LastOwner."""
    with db.atomic():
        person, owners = _locked(staff_id, is_active=None)
        if not person.is_active:
            return False
        _keep_an_owner(person, owners)
        Staff.update(is_active=False).where(Staff.id == person.id).execute()
        end_sessions(staff=person, by=f"staff:{by_staff_id}")
        note_access(Staff.get_by_id(person.id))
        record("staff-deactivated", actor=f"staff:{by_staff_id}", about=("staff", person.id))
    return True


def reactivate(*, staff_id: int, by_staff_id: int) -> bool:
    """They sign in as before. False when they could."""
    with db.atomic():
        if not Staff.update(is_active=True).where((Staff.id == staff_id) & ~Staff.is_active).execute():
            return False
        note_access(Staff.get_by_id(staff_id))
        record("staff-reactivated", actor=f"staff:{by_staff_id}", about=("staff", staff_id))
    return True


def _keep_an_owner(person: Staff, owners: set[int]) -> None:
    if owners == {person.id}:
        raise LastOwner


def _locked(staff_id: int, *, is_active: bool | None = True) -> tuple[Staff, set[int]]:
    """The row, and the ids of the owners, as they stay until the caller's transaction ends: of two owners who take each
    other's role at once the second finds that they are the last. In one order, so that nobody waits in a ring."""
    wanted = (Staff.id == staff_id) | ((Staff.role == Role.OWNER) & Staff.is_active)
    query = Staff.select().where(wanted).order_by(Staff.id)
    rows = list(taken(query))
    person = next((row for row in rows if row.id == staff_id and (is_active is None or row.is_active)), None)
    if person is None:
        raise NotHere
    return person, {row.id for row in rows if row.role == Role.OWNER and row.is_active}
