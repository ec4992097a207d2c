"""A mail row as an Internet message: text and HTML, one recipient, an id that is the same however often it is sent."""

from __future__ import annotations

import hmac
import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from ..config import settings
from ..vault import REMOVED, derived_key
from .models import Mail

ONE_ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]\\@\x00-\x1f\x7f]+@[^\s<>,;:\"()\[\]\\@\x00-\x1f\x7f]+")


class BadAddress(ValueError):
    """What should be one mail address is none, or more than one."""


class BodyGone(Exception):
    """The mail was forgotten before it could be sent."""


def checked_address(text: str) -> str:
    """Raises BadAddress: nothing that could start another header or name another recipient gets through."""
    if not ONE_ADDRESS.fullmatch(text):
        raise BadAddress("not one mail address")
    return text


def one_line(text: str) -> str:
    """A subject on one line, whatever was put into it."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def message_for(mail: Mail) -> EmailMessage:
    """Raises BodyGone."""
    parts = mail.recipient, mail.subject_line, mail.text, mail.html
    if any(part is None or part is REMOVED for part in parts):
        raise BodyGone
    recipient, subject_line, text, html = (str(part) for part in parts)
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(one_line(settings().shop_name), addr_spec=settings().mail_from)
    message["To"] = checked_address(recipient)
    message["Subject"] = one_line(subject_line)
    message["Date"] = mail.created_at
    message["Message-ID"] = message_id(mail.key)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    return message


def message_id(key: str) -> str:
    """The same for the same mail, so that a receiver can drop one that arrives twice; tells nothing of its key."""
    return f"<{message_name(key)}@{settings().mail_from.rpartition('@')[2]}>"


def message_name(key: str) -> str:
    """What stands before the @ of a mail's Message-ID."""
    return hmac.digest(derived_key("message-id"), key.encode(), "sha256").hex()[:32]
