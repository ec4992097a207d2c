"""Signing in to the desk: by e-mail and password, and then by a code."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import NamedTuple

from werkzeug.exceptions import TooManyRequests

from ... import clock, limits
from ...audit.services import record
from ...db import db
from ...passwords import hash_password, needs_rehash, verify_password
from ...second_factor import WrongCode, is_app_code
from ...vault import blind
from ..models import Staff, StaffStep
from ..queries import token_hash
from .second_factor import authenticator_of, use_code
from .sessions import TOKEN_BYTES, begin_session

GOOD_FOR = timedelta(minutes=10)
TRIES = 5
# Of a million codes three are right at any moment.
APP_CODES = "30 per day"


class WrongCredentials(Exception):
    """E-mail or password are wrong; which of them is not said."""


class StepGone(LookupError):
    """The half of a sign-in was finished, has run out, was tried too often, or never was."""


class TooManyTries(TooManyRequests):
    """The answer says how long to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many codes were wrong. Wait {limits.in_words(seconds)}.")
        self.retry_after = seconds


class Entry(NamedTuple):
    """A token for the cookie alone: of a session, or of the step that asks for a code."""

    token: str
    needs_code: bool


def sign_in(*, email: str, password: str) -> Entry:
    """Takes as long for an unknown account. Raises WrongCredentials."""
    staff = Staff.get_or_none(Staff.email_index == blind("email", email), Staff.is_active)
    if not verify_password(staff.password_hash if staff else None, password) or staff is None:
        record("staff-sign-in-refused", actor="guest", about=("staff", staff.id if staff else 0), reason="password")
        raise WrongCredentials
    if needs_rehash(staff.password_hash):
        _hash_again(staff, password)
    return enter(staff=staff)


def enter(*, staff: Staff) -> Entry:
    """For whoever proved the first factor: first the code, or a session that sees no customer until there is one."""
    if authenticator_of(staff.id) is None:
        return Entry(begin_session(staff=staff, is_proven=False), needs_code=False)
    token, now = secrets.token_urlsafe(TOKEN_BYTES), clock.now()
    with db.atomic():
        StaffStep.delete().where(StaffStep.expires_at <= now).execute()
        StaffStep.create(staff=staff.id, token_hash=token_hash(token), expires_at=now + GOOD_FOR)
    return Entry(token, needs_code=True)


def step_with(token: str) -> StaffStep:
    """Half a sign-in, of somebody who still works here. Raises StepGone."""
    found: StaffStep | None = (
        StaffStep.select(StaffStep, Staff)
        .join(Staff)
        .where(StaffStep.token_hash == token_hash(token), StaffStep.expires_at > clock.now(), Staff.is_active)
        .first()
    )
    if found is None:
        raise StepGone
    return found


def sign_in_with_code(*, token: str, code: str) -> str:
    """A session's token for whoever is half signed in and has the code.

    Raises WrongCode, StepGone, and TooManyTries for an app's code: a recovery code is let through even then, so that
    guessing keeps nobody out.
    """
    step = step_with(token)
    staff: Staff = step.staff
    guesses = limits.value_key("desk codes", f"{staff.id} {password_mark(staff)}")
    if is_app_code(code) and (seconds := limits.seconds_to_wait(APP_CODES, guesses, is_counted=False)):
        raise TooManyTries(seconds)
    _count_try(step)
    with db.atomic():
        if use_code(staff=staff, code=code):
            # Of two who finish it at once one is too late.
            if not StaffStep.delete().where(StaffStep.id == step.id).execute():
                raise StepGone
            return begin_session(staff=staff, is_proven=True)
    limits.seconds_to_wait(APP_CODES, guesses)
    record("staff-sign-in-refused", actor="guest", about=("staff", staff.id), reason="code")
    raise WrongCode


def password_mark(staff: Staff) -> str:
    """Stands for the present password: whatever is bound to it ends with it."""
    return hashlib.sha256(staff.password_hash.encode()).hexdigest()


def _count_try(step: StaffStep) -> None:
    """Before it is looked at, so that many at once are no way around. Raises StepGone after the last."""
    with db.atomic():
        may_try = (StaffStep.id == step.id) & (StaffStep.tries < TRIES)
        is_counted = StaffStep.update(tries=StaffStep.tries + 1).where(may_try).execute()
        if not is_counted:
            StaffStep.delete().where(StaffStep.id == step.id).execute()
    if not is_counted:
        raise StepGone


def _hash_again(staff: Staff, password: str) -> None:
    is_as_it_was = (Staff.id == staff.id) & (Staff.password_hash == staff.password_hash)
    Staff.update(password_hash=hash_password(password)).where(is_as_it_was).execute()
