"""Reports that a mail did not arrive after all, as mail servers send them hours later (RFC 3464)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string, policy
from email.message import Message
from typing import BinaryIO

from .. import jobs
from ..audit.services import record
from ..db import db
from .messages import message_name
from .models import Mail, MailState

LARGEST_REPORT = 10 * 1024 * 1024
NAME = re.compile(r"<([0-9a-f]{32})@[^<>\s]+>")
STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
# Of a status such as 5.1.1 the second number: the address, the mailbox, the way there.
LIES_WITH_ADDRESS = {"1", "2", "4"}
REMIND = "remind"
AT_A_TIME = 1_000


@dataclass(frozen=True)
class Report:
    """A mail is given up: `names` are Message-IDs that it may have, before the @; `status` is "5.1.1", or ""."""

    names: frozenset[str]
    status: str

    @property
    def is_of_address(self) -> bool:
        """Whether it is the address's fault, and not this mail's."""
        return not self.status or self.status.split(".")[1] in LIES_WITH_ADDRESS


def report_in(file: BinaryIO) -> Report | None:
    """None for what is no report, and for one that only says that it takes longer, or that all went well."""
    mail = message_from_bytes(file.read(LARGEST_REPORT), policy=policy.compat32)
    failed = [block for block in _blocks(mail) if str(block.get("Action", "")).strip().lower() == "failed"]
    names = frozenset(name for text in _ids(mail) for name in NAME.findall(text))
    if not failed or not names:
        return None
    status = STATUS.search(str(failed[0].get("Status", "")))
    return Report(names, status[0] if status else "")


def note_bounce(*, report: Report) -> Mail | None:
    """Mark the mail as one that came back, and look at once whom to ask for another address.

    None when it is none of ours, was not sent, or is known to have come back.
    """
    mail = _mail_with(report.names)
    if mail is None:
        return None
    error = "Bounced" if report.is_of_address else "SentBack"
    with db.atomic():
        was_sent = (Mail.id == mail.id) & (Mail.state == MailState.SENT)
        if not Mail.update(state=MailState.FAILED, error=error).where(was_sent).execute():
            return None
        about = (mail.about_kind, mail.about_id)
        record("mail-bounced", actor="shop", about=about, mail=mail.id, status=report.status or None)
        jobs.kick(REMIND)
    return mail


def _blocks(mail: Message) -> Iterator[Message]:
    """What the report says of each receiver."""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            found = part.get_payload()
            yield from (block for block in found if isinstance(block, Message)) if isinstance(found, list) else ()


def _ids(mail: Message) -> Iterator[str]:
    """The Message-ID of the mail that it is about: from its headers, which come along, or from what it answers."""
    for part in mail.walk():
        if part.get_content_type() == "text/rfc822-headers":
            text = part.get_payload(decode=True)
            headers = message_from_string(text.decode(errors="replace") if isinstance(text, bytes) else "")
            yield str(headers.get("Message-ID", ""))
        elif part is not mail:
            yield str(part.get("Message-ID", ""))
    yield str(mail.get("In-Reply-To", ""))
    yield str(mail.get("References", ""))


def _mail_with(names: frozenset[str]) -> Mail | None:
    """An id cannot be read backwards, so that of each mail is made again; what bounces was sent lately."""
    last = None
    while True:
        rows = Mail.select(Mail.id, Mail.key, Mail.about_kind, Mail.about_id).where(Mail.state == MailState.SENT)
        some: list[Mail] = list(
            (rows if last is None else rows.where(Mail.id < last)).order_by(Mail.id.desc()).limit(AT_A_TIME)
        )
        for mail in some:
            if message_name(mail.key) in names:
                return mail
        if len(some) < AT_A_TIME:
            return None
        last = some[-1].id
