"""What was taken from somebody at the desk, and restored data give them once more: it goes again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from ...vault import note_removal
from ..models import Role, Staff, StaffAuthenticator, StaffRecoveryCode, StaffSession, StaffStep

IN, OUT = "in", "out"


def note_access(staff: Staff) -> None:
    """That they were let go, or let in again; in the caller's transaction."""
    note_removal("staff-access", staff.id, IN if staff.is_active else OUT)


def note_role(staff: Staff) -> None:
    """What they may do from now on, and between which times."""
    times = (staff.designated_from, staff.designated_until)
    note_removal("staff-role", staff.id, Role(staff.role).code, *(int(at.timestamp()) if at else 0 for at in times))


def _access(parts: Sequence[str], _at: datetime) -> None:
    staff_id = int(parts[0])
    Staff.update(is_active=parts[1] == IN).where(Staff.id == staff_id).execute()
    _sign_out(staff_id)


def _role(parts: Sequence[str], _at: datetime) -> None:
    role = next((each for each in Role if each.code == parts[1]), Role.AUDITOR)
    since, until = (datetime.fromtimestamp(int(at), UTC) if int(at) else None for at in parts[2:4])
    changes = {"role": role, "designated_from": since, "designated_until": until}
    Staff.update(changes).where(Staff.id == int(parts[0])).execute()
    _sign_out(int(parts[0]))


def _password(parts: Sequence[str], _at: datetime) -> None:
    """The one that was replaced opens nothing: they choose a new one by a mailed link."""
    Staff.update(password_hash="").where(Staff.id == int(parts[0])).execute()
    _sign_out(int(parts[0]))


def _second_factor(parts: Sequence[str], _at: datetime) -> None:
    for model in (StaffAuthenticator, StaffRecoveryCode):
        model.delete().where(model.staff == int(parts[0])).execute()
    _sign_out(int(parts[0]))


def _sign_out(staff_id: int) -> None:
    for model in (StaffSession, StaffStep):
        model.delete().where(model.staff == staff_id).execute()


AGAIN: Mapping[str, Callable[[Sequence[str], datetime], None]] = {
    "staff-access": _access,
    "staff-role": _role,
    "staff-password": _password,
    "staff-second-factor": _second_factor,
}
