"""What was mailed to whom, and the links in it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from shop.outbox.models import Mail
from shop.vault import blind


def mails_to(address: str) -> list[Mail]:
    """Queued or sent, oldest first."""
    return list(Mail.select().where(Mail.recipient_index == blind("email", address)).order_by(Mail.id))


def subjects_to(address: str) -> list[str]:
    return [str(mail.subject_line) for mail in mails_to(address)]


def links_in(mail: Mail) -> list[str]:
    """Its links with a key, as paths of the shop."""
    found = [urlsplit(url) for url in re.findall(r"https?://\S+", str(mail.text))]
    return [f"{parts.path}?{parts.query}" for parts in found if "key=" in parts.query]


def link_to(address: str) -> str:
    """The link in the newest mail to this address that has one."""
    return next(link for mail in reversed(mails_to(address)) for link in links_in(mail))
