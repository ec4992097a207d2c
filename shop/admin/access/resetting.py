"""A forgotten password at the desk: a mailed link by which another is chosen.

The link is a sum over whose it is, until when it is good, and the present password: once another is chosen it is worth
nothing, and nothing of it is kept.
"""

from __future__ import annotations

import hmac
from datetime import timedelta

from ... import clock
from ...audit.services import record
from ...db import db
from ...outbox.services import absolute_link
from ...vault.blind import hashed
from ..models import Staff
from ..queries import staff_with
from .notices import mail_link
from .passwords import set_password
from .signing_in import password_mark

GOOD_FOR = timedelta(hours=1)
TOKEN_AT_MOST = 200


class LinkGone(LookupError):
    """The link has run out, was used, or never was."""


def mail_reset_link(*, email: str) -> None:
    """It does the same work for an address that nobody signs in with, and what it does shows in that mailbox alone."""
    staff = staff_with(email)
    if staff is not None and not staff.is_active:
        staff = None
    with db.atomic():
        link = absolute_link("admin.new_password", key=token_of(staff) if staff else "")
        mail_link(to=email if staff is None else str(staff.email), staff=staff, link=link)
        record("staff-reset-mailed", actor="guest", about=("staff", staff.id if staff else 0))


def staff_of_link(token: str) -> Staff:
    """Whoever the link was mailed to, without using it up. Raises LinkGone."""
    staff_id, _, rest = token[:TOKEN_AT_MOST].partition(".")
    until, _, _ = rest.partition(".")
    if not (_is_number(staff_id) and _is_number(until)):
        raise LinkGone
    found: Staff | None = Staff.get_or_none(Staff.id == int(staff_id), Staff.is_active)
    is_late = int(until) <= clock.now().timestamp()
    if found is None or is_late or not hmac.compare_digest(_signed(found, int(until)).encode(), token.encode()):
        raise LinkGone
    return found


def reset_password(*, token: str, new: str) -> Staff:
    """Ends every sign-in; the second factor is asked for as ever. Of two who follow one link one gets LinkGone. Raises
    PasswordTooWeak."""
    staff = staff_of_link(token)
    if not set_password(staff=staff, new=new, by="link"):
        raise LinkGone
    changed: Staff = Staff.get_by_id(staff.id)
    return changed


def token_of(staff: Staff) -> str:
    """For the mail alone."""
    return _signed(staff, int((clock.now() + GOOD_FOR).timestamp()))


def _signed(staff: Staff, until: int) -> str:
    bound = f"{staff.id}.{until}.{password_mark(staff)}"
    return f"{staff.id}.{until}.{hashed('desk reset', bound).hex()}"


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16
