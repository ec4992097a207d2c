"""A staff member's own password: asked for again, and changed."""

from __future__ import annotations

from ... import limits
from ...audit.services import record
from ...config import settings
from ...db import db
from ...passwords import hash_password, objection, verify_password
from ...vault import note_removal
from ..models import Staff, StaffSession
from ..services import PasswordTooWeak
from .notices import PASSWORD_CHANGED, tell
from .second_factor import authenticator_of
from .sessions import end_sessions
from .signing_in import TooManyTries

TRIES = "10 per 15 minutes"


class WrongPassword(Exception):
    """It is not their present password."""


def check_password(*, staff: Staff, password: str) -> bool:
    """Whether somebody who is signed in knows the password too, before what must not happen by a borrowed browser.

    Raises TooManyTries. This counts by itself: it never keeps anybody from signing in.
    """
    if seconds := limits.seconds_to_wait(TRIES, _tries_of(staff), is_counted=False):
        raise TooManyTries(seconds)
    if verify_password(staff.password_hash, password):
        return True
    count_wrong(staff=staff)
    record("staff-password-checked", actor=f"staff:{staff.id}", about=("staff", staff.id), result="wrong")
    return False


def count_wrong(*, staff: Staff) -> None:
    """A wrong password, or a wrong code beside the right one: `check_password` takes only so many of them."""
    limits.seconds_to_wait(TRIES, _tries_of(staff))


def _tries_of(staff: Staff) -> str:
    return limits.value_key("desk password asked again", str(staff.id))


def change_password(*, staff: Staff, current: str, new: str, session: StaffSession) -> None:
    """Ends every sign-in but `session`. Raises WrongPassword, PasswordTooWeak, TooManyTries."""
    if not check_password(staff=staff, password=current):
        raise WrongPassword
    if not set_password(staff=staff, new=new, by="self", session=session):
        raise WrongPassword


def set_password(*, staff: Staff, new: str, by: str, session: StaffSession | None = None) -> bool:
    """False when somebody changed it meanwhile. `by` is how they proved who they are: "self", "link". Raises
    PasswordTooWeak."""
    has_second = authenticator_of(staff.id) is not None
    about = (settings().shop_name, str(staff.email), str(staff.name))
    if problem := objection(new, has_second_factor=has_second, about=about):
        raise PasswordTooWeak(problem)
    hashed, actor = hash_password(new), f"staff:{staff.id}"
    with db.atomic():
        is_as_it_was = (Staff.id == staff.id) & (Staff.password_hash == staff.password_hash)
        if not Staff.update(password_hash=hashed).where(is_as_it_was).execute():
            return False
        end_sessions(staff=staff, by=actor, but=session)
        note_removal("staff-password", staff.id)
        tell(PASSWORD_CHANGED, staff=staff)
        record("staff-password-changed", actor=actor, about=("staff", staff.id), by=by)
    return True
