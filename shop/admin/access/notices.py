"""Word of what changed in somebody's sign-in at the desk: to themselves, and to the owners. Queued in the caller's
transaction."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from ...outbox.models import MailKind
from ...outbox.services import absolute_link, queue_mail, render_mail
from ...vault import REMOVED
from ..models import Role, Staff


@dataclass(frozen=True)
class Notice:
    """What happened, in words to whose sign-in it is and to the owners, who read `name` of them."""

    title: str
    text: str
    to_owners: str


PASSWORD_CHANGED = Notice(
    "Your password for the desk was changed",
    "The password of your sign-in was changed just now, and every other sign-in of yours has ended.",
    "The password of {name} for the desk was changed just now.",
)
SECOND_FACTOR_ON = Notice(
    "Your second factor for the desk is set up",
    "From now on signing in takes a code from the app that was set up just now. One from before counts no more.",
    "{name} set up a second factor for the desk just now. One that was there before counts no more.",
)
SECOND_FACTOR_OFF = Notice(
    "Your second factor for the desk was taken away",
    "You sign in by your password, and set up another app before you see a customer.",
    "The second factor of {name} for the desk was taken away just now: their password alone lets them in, and shows "
    "them no customer.",
)
CODES_MADE = Notice(
    "You have new recovery codes for the desk",
    "They were made anew just now. The ones before are worth nothing any more.",
    "The recovery codes of {name} for the desk were made anew just now.",
)
CODE_USED = Notice(
    "A recovery code of yours was used",
    "One of your recovery codes was used just now, in place of a code from your app. Each is good once.",
    "A recovery code of {name} was used at the desk just now.",
)


def tell(notice: Notice, *, staff: Staff) -> None:
    """To whoever it is about, and to every other owner."""
    name = "somebody" if staff.name is REMOVED else str(staff.name)
    _mail(staff, staff, notice.title, notice.text)
    for owner in Staff.select().where(Staff.role == Role.OWNER, Staff.is_active, Staff.id != staff.id):
        _mail(owner, staff, f"The sign-in of {name} was changed", notice.to_owners.format(name=name))


def mail_link(*, to: str, staff: Staff | None, link: str) -> None:
    """Where a new password is chosen; an address that nobody signs in with is told so."""
    mail = render_mail("staff-reset", is_known=staff is not None, choose=link)
    about = ("staff", staff.id if staff else 0)
    queue_mail(key=f"staff-reset:{secrets.token_hex(12)}", kind=MailKind.SIGN_IN, to=to, about=about, **mail.parts)


def _mail(to: Staff, about: Staff, title: str, text: str) -> None:
    if to.email is REMOVED:
        return
    forgotten, people = absolute_link("admin.forgotten"), absolute_link("admin.people_list")
    is_own = to.id == about.id
    mail = render_mail("staff-notice", title=title, text=text, is_own=is_own, forgotten=forgotten, people=people)
    key = f"staff-notice:{secrets.token_hex(12)}"
    queue_mail(key=key, kind=MailKind.ACCOUNT_NOTICE, to=str(to.email), about=("staff", about.id), **mail.parts)
