"""Invitations to the desk: mailed, good once and for two days, mailed again or withdrawn."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from peewee import ModelSelect

from ... import clock
from ...audit.services import record
from ...db import db
from ...outbox.models import MailKind
from ...outbox.services import absolute_link, queue_mail, render_mail
from ...vault import REMOVED, Source, destroy_subject, new_subject, set_expiry
from ..models import Invitation, Role, Staff
from ..queries import staff_with, token_hash
from ..services import EmailTaken, create_staff
from .sessions import TOKEN_BYTES

GOOD_FOR = timedelta(days=2)
TOKEN_AT_MOST = 100


class InvitationGone(LookupError):
    """It was taken, withdrawn, replaced by a newer one, has run out, or never was."""


def open_invitations() -> ModelSelect[Any]:
    """Those that can still be taken, newest first, and those that ran out not long ago."""
    is_open = Invitation.used_at.is_null() & Invitation.withdrawn_at.is_null()
    found: ModelSelect[Any] = Invitation.select().where(is_open & (Invitation.expires_at > clock.now()))
    return found.order_by(Invitation.id.desc())


def invite(*, email: str, role: Role, since: datetime | None, until: datetime | None, by_staff_id: int) -> Invitation:
    """Mail a link by which they choose a password. Older ones to this address are worth nothing. Raises EmailTaken."""
    if staff_with(email) is not None:
        raise EmailTaken
    expires_at, token = clock.now() + GOOD_FOR, secrets.token_urlsafe(TOKEN_BYTES)
    with db.atomic():
        made = Invitation(subject=new_subject("link", expires_at), source=Source.SHOP, email=email, role=role)
        made.token_hash, made.expires_at = token_hash(token), expires_at
        if role == Role.DESIGNATE:
            made.designated_from, made.designated_until = since, until
        for older in open_invitations().where(Invitation.email_index == made.email_index):
            _end(older, withdrawn_at=clock.now())
        made.save(force_insert=True)
        _mail(made, token)
        actor = f"staff:{by_staff_id}"
        record("staff-invited", actor=actor, about=("invitation", made.id), role=role.code, invitation=made.id)
    return made


def mail_again(*, invitation_id: int, by_staff_id: int) -> None:
    """With a fresh link; the one before is worth nothing. Raises InvitationGone."""
    expires_at, token = clock.now() + GOOD_FOR, secrets.token_urlsafe(TOKEN_BYTES)
    with db.atomic():
        changes = {"token_hash": token_hash(token), "expires_at": expires_at}
        if not Invitation.update(changes).where(_is_open(invitation_id)).execute():
            raise InvitationGone
        found = Invitation.get_by_id(invitation_id)
        set_expiry(found.subject, expires_at)
        _mail(found, token)
        actor = f"staff:{by_staff_id}"
        record("staff-invitation-mailed-again", actor=actor, about=("invitation", invitation_id))


def withdraw(*, invitation_id: int, by_staff_id: int) -> bool:
    """Its link is worth nothing from now on. False when it was so already."""
    with db.atomic():
        found = Invitation.get_or_none(_is_open(invitation_id))
        if found is None or not _end(found, withdrawn_at=clock.now()):
            return False
        actor = f"staff:{by_staff_id}"
        record("staff-invitation-withdrawn", actor=actor, about=("invitation", invitation_id))
    return True


def invitation_with(token: str) -> Invitation:
    """What somebody followed, without using it up. Raises InvitationGone."""
    if not token or len(token) > TOKEN_AT_MOST:
        raise InvitationGone
    found: Invitation | None = open_invitations().where(Invitation.token_hash == token_hash(token)).first()
    if found is None or found.email is REMOVED:
        raise InvitationGone
    return found


def accept(*, token: str, name: str, password: str) -> Staff:
    """The sign-in that it makes; of two who take it at once one gets InvitationGone. Raises PasswordTooWeak,
    EmailTaken."""
    found = invitation_with(token)
    email = str(found.email)
    with db.atomic():
        if not _end(found, used_at=clock.now()):
            raise InvitationGone
        return create_staff(
            email=email,
            name=name,
            password=password,
            role=found.role,
            designated_from=found.designated_from,
            designated_until=found.designated_until,
        )


def _is_open(invitation_id: int) -> Any:
    is_this = (Invitation.id == invitation_id) & (Invitation.expires_at > clock.now())
    return is_this & Invitation.used_at.is_null() & Invitation.withdrawn_at.is_null()


def _end(invitation: Invitation, **when: datetime) -> bool:
    """Once; the address is forgotten with it."""
    if not Invitation.update(when).where(_is_open(invitation.id)).execute():
        return False
    destroy_subject(invitation.subject)
    return True


def _mail(invitation: Invitation, token: str) -> None:
    link = absolute_link("admin.join", key=token)
    mail = render_mail("staff-invitation", invitation=invitation, join=link)
    key = f"staff-invitation:{secrets.token_hex(12)}"
    about = ("invitation", invitation.id)
    queue_mail(key=key, kind=MailKind.SIGN_UP, to=str(invitation.email), about=about, **mail.parts)
