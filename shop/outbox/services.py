"""Queue a mail in the caller's transaction; send what is due; shred what is old."""

from __future__ import annotations

import logging
import random
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from peewee import IntegrityError, chunked

from .. import clock, jobs
from ..config import settings
from ..db import db
from ..vault import Source, blind, destroy_subjects, new_subject
from .messages import BadAddress, BodyGone, checked_address, message_for, one_line
from .models import Mail, MailKind, MailState
from .queries import mails_due, mails_to_purge
from .rendering import RenderedMail, absolute_link, render_mail
from .transport import Refused, Transport, Unreachable, transport

__all__ = [
    "BadAddress",
    "RenderedMail",
    "absolute_link",
    "forget_mails_about",
    "forget_mails_sealed_for",
    "forget_mails_to",
    "hold_back",
    "keep_no_copy",
    "not_again",
    "purge_old",
    "queue_mail",
    "render_mail",
    "send_again",
    "send_due",
    "withdraw",
]

AT_A_TIME = 50
ATTEMPTS = 20
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=6)
LOST_AFTER = timedelta(minutes=10)
ENDED = (MailState.SENT, MailState.FAILED)

log = logging.getLogger("shop.outbox")


def queue_mail(
    *,
    key: str,
    kind: MailKind | str,
    to: str,
    subject_line: str,
    text: str,
    html: str,
    about: tuple[str, int],
) -> Mail:
    """A mail that leaves once the caller's transaction has committed. The same key again gives the mail that is there.

    `about` is the kind and id of the row it tells of, ("order", 12). Raises BadAddress.
    """
    known = Mail.get_or_none(Mail.key == key)
    if known is not None:
        return known
    about_kind, about_id = about
    try:
        with db.atomic():
            mail: Mail = Mail.create(
                subject=new_subject("mail"),
                source=Source.SHOP,
                key=key,
                kind=MailKind(kind),
                about_kind=about_kind,
                about_id=about_id,
                recipient=checked_address(to),
                subject_line=one_line(subject_line),
                text=text,
                html=html,
            )
    except IntegrityError:
        return Mail.get(Mail.key == key)
    jobs.kick("send mail")
    return mail


def keep_no_copy(mail: Mail) -> None:
    """For the last mail to somebody who was forgotten: the shop's copy goes once it was sent or given up."""
    Mail.update(is_last=True).where(Mail.id == mail.id).execute()


def send_due() -> int:
    """Send every mail that is due; how many were sent. Two workers never send the same one.

    A worker killed between the server's yes and its own note of it sends that mail again, under the same Message-ID.
    """
    _take_back_lost()
    sent = 0
    with transport() as way:
        while due := [mail.id for mail in mails_due(AT_A_TIME)]:
            for mail_id in due:
                claimed_at = _claim(mail_id)
                if claimed_at is None:
                    continue
                try:
                    sent += _send(Mail.get_by_id(mail_id), claimed_at, way)
                except Unreachable as error:
                    log.warning("mail server unreachable", extra={"fields": {"error": str(error)}})
                    return sent
    return sent


def send_again(*, mail: Mail, due_at: datetime | None = None) -> None:
    """Put a mail back into the queue, with all its attempts before it; due now unless something else is said."""
    with db.atomic():
        Mail.update(state=MailState.QUEUED, attempts=0, due_at=due_at or clock.now(), error="").where(
            (Mail.id == mail.id) & Mail.state.in_([MailState.SENT, MailState.FAILED]) & Mail.purged_at.is_null()
        ).execute()
        jobs.kick("send mail")


def not_again(*, mail_id: int, state: str, attempts: int, error: str) -> bool:
    """Take `send_again` back, in the caller's transaction; False when it has been tried since."""
    waiting = (Mail.id == mail_id) & (Mail.state == MailState.QUEUED) & (Mail.attempts == 0)
    return bool(Mail.update(state=state, attempts=attempts, error=error).where(waiting).execute())


def hold_back(*, ids: Sequence[int], until: datetime) -> None:
    """Let mails that the caller's transaction has queued wait until then."""
    Mail.update(due_at=until).where(Mail.id.in_(list(ids)), Mail.state == MailState.QUEUED).execute()


def withdraw(*, ids: Sequence[int]) -> bool:
    """Take mails back that have not been tried yet, in the caller's transaction; False when one of them has left.

    What they told may be told again: their keys are free, and their texts are gone.
    """
    waiting = Mail.id.in_(list(ids)) & (Mail.state == MailState.QUEUED) & (Mail.attempts == 0)
    mails = list(Mail.select().where(waiting))
    for mail in mails:
        mine = (Mail.id == mail.id) & waiting
        if not Mail.update(state=MailState.WITHDRAWN, key=f"{mail.key}:withdrawn:{mail.id}").where(mine).execute():
            return False
    _shred(mails)
    return len(mails) == len(ids)


def forget_mails_to(address: str, *, but_about: Collection[tuple[str, int]] = ()) -> int:
    """Withdraw what waits for this address, and make what was sent to it unreadable; how many mails there were.

    `but_about` names rows, as ("order", 12), whose mails are still needed.
    """
    with db.atomic():
        to_them = Mail.recipient_index == blind("email", address)
        mails = [mail for mail in _to_shred(to_them) if (mail.about_kind, mail.about_id) not in set(but_about)]
        _shred(mails)
    return len(mails)


def forget_mails_about(kind: str, row_id: int) -> int:
    """The same for all mails about one row, to whomever they went."""
    with db.atomic():
        mails = _to_shred((Mail.about_kind == kind) & (Mail.about_id == row_id))
        _shred(mails)
    return len(mails)


def forget_mails_sealed_for(subjects: Sequence[str]) -> int:
    """The same for mails by their keys."""
    count = 0
    for some in chunked(subjects, AT_A_TIME):
        with db.atomic():
            mails = _to_shred(Mail.subject.in_(some) & Mail.purged_at.is_null())
            _shred(mails)
        count += len(mails)
    return count


def _to_shred(which: Any) -> list[Mail]:
    columns = (Mail.id, Mail.subject, Mail.kind, Mail.about_kind, Mail.about_id, Mail.is_last)
    return list(Mail.select(*columns).where(which, ~Mail.is_last))


def purge_old() -> int:
    """Shred the bodies of mails older than KEEP_MAIL_DAYS, and of last ones that have left; how many there were.

    The rows stay, and say when.
    """
    count = 0
    while mails := list(mails_to_purge(AT_A_TIME)):
        with db.atomic():
            _shred(mails)
        count += len(mails)
    _remove_old_files()
    return count


def _claim(mail_id: int) -> datetime | None:
    """Take the mail for this worker, unless another was quicker; the moment is the proof."""
    claimed_at = clock.now()
    with db.atomic():
        is_mine = (
            Mail.update(state=MailState.SENDING, claimed_at=claimed_at, attempts=Mail.attempts + 1)
            .where((Mail.id == mail_id) & (Mail.state == MailState.QUEUED))
            .execute()
        )
    return claimed_at if is_mine else None


def _send(mail: Mail, claimed_at: datetime, way: Transport) -> bool:
    try:
        way.send(message_for(mail), _file_name(mail))
    except (Refused, BodyGone, BadAddress) as error:
        _settle(mail, claimed_at, state=MailState.FAILED, error=_class_of(error))
        return False
    except Unreachable as error:
        _try_later(mail, claimed_at, error)
        raise
    except Exception as error:
        # Whatever is the matter with this one, it must neither hold up the others nor be tried for ever.
        _try_later(mail, claimed_at, error)
        return False
    _settle(mail, claimed_at, state=MailState.SENT, sent_at=clock.now(), error="")
    return True


def _try_later(mail: Mail, claimed_at: datetime, error: Exception) -> None:
    if mail.attempts >= ATTEMPTS:
        _settle(mail, claimed_at, state=MailState.FAILED, error=_class_of(error))
        return
    wait = min(FIRST_WAIT * 2 ** (mail.attempts - 1), LONGEST_WAIT) * random.uniform(0.8, 1.2)  # noqa: S311
    _settle(mail, claimed_at, state=MailState.QUEUED, due_at=clock.now() + wait, error=_class_of(error))


def _settle(mail: Mail, claimed_at: datetime, **values: object) -> None:
    with db.atomic():
        is_still_mine = (Mail.id == mail.id) & (Mail.state == MailState.SENDING) & (Mail.claimed_at == claimed_at)
        is_settled = Mail.update(**values).where(is_still_mine).execute()
        if is_settled and mail.is_last and values["state"] in ENDED:
            _shred([mail])
    fields = {"mail": mail.id, "kind": mail.kind, "state": values["state"], "error": values["error"]}
    log.info("", extra={"fields": fields})


def _class_of(error: Exception) -> str:
    """The first cause's class, and nothing of its text: servers quote addresses in it."""
    return type(error.__cause__ or error).__name__


def _take_back_lost() -> None:
    """Mails whose worker died while sending are due again, unless every worker dies of them."""
    is_lost = (Mail.state == MailState.SENDING) & (Mail.claimed_at <= clock.now() - LOST_AFTER)
    with db.atomic():
        Mail.update(state=MailState.FAILED, error="WorkerDied").where(is_lost & (Mail.attempts >= ATTEMPTS)).execute()
        Mail.update(state=MailState.QUEUED, due_at=clock.now()).where(is_lost).execute()


def _shred(mails: list[Mail]) -> None:
    destroy_subjects([mail.subject for mail in mails])
    ids = [mail.id for mail in mails]
    Mail.update(text=None, html=None, purged_at=clock.now()).where(Mail.id.in_(ids)).execute()
    Mail.update(state=MailState.WITHDRAWN).where(Mail.id.in_(ids), Mail.state == MailState.QUEUED).execute()
    folder = settings().shop_instance / "mail"
    # The folder stands in for everybody's mailbox: a last mail was delivered into it.
    for mail in mails:
        if mail.is_last:
            continue
        file = folder / f"{_file_name(mail)}.eml"
        db.after_commit(partial(file.unlink, missing_ok=True))


def _remove_old_files() -> None:
    """What was delivered into the folder and has no row that remembers its text."""
    oldest = clock.now() - timedelta(days=settings().keep_mail_days)
    for file in (settings().shop_instance / "mail").glob("*.eml"):
        if datetime.fromtimestamp(file.stat().st_mtime, UTC) <= oldest:
            file.unlink(missing_ok=True)


def _file_name(mail: Mail) -> str:
    return f"{mail.id:04d}-{mail.kind}"
