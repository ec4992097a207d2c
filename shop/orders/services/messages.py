"""Mails that staff send about an order: a free message, and one of its mails once more."""

from __future__ import annotations

from ...audit.services import record
from ...db import db
from ...outbox.models import Mail, MailState
from ...outbox.services import queue_mail, send_again
from ...retrying import retried
from ...vault import REMOVED
from ..models import Order, OrderContact
from . import mails
from .revisions import NotNow


class NobodyToWriteTo(NotNow):
    def __init__(self) -> None:
        super().__init__("Its customer was forgotten, or never left an address: nobody can be written to.")


class TextIsGone(NotNow):
    def __init__(self) -> None:
        super().__init__("The text of this mail was removed after some days, as promised: write a new one.")


@retried
def write_to_customer(*, order: Order, subject_line: str, text: str, token: str, staff_id: int) -> bool:
    """A message of our own, to the order's address as it is now; False when the form with this token sent it already.

    Raises NobodyToWriteTo.
    """
    key = f"message:{order.number}:{token}"
    with db.atomic():
        _address(order)
        if Mail.select().where(Mail.key == key).exists():
            return False
        mails.write_freely(order, subject_line=subject_line, text=text, key=key)
        mail = Mail.get(Mail.key == key)
        record("message-written", actor=f"staff:{staff_id}", about=("order", order.id), mail=mail.id)
    return True


@retried
def send_mail_again(*, order: Order, mail: Mail, copies: int, staff_id: int) -> bool:
    """The same mail once more: as a new one to the order's address as it is now, or, where that is the address it could
    not be sent to, the old one. `copies` is how many the page showed: False when it was sent again since.

    Raises NobodyToWriteTo, TextIsGone.
    """
    with db.atomic():
        to, parts = _address(order), (mail.subject_line, mail.text, mail.html)
        if mail.purged_at is not None or any(part is None or part is REMOVED for part in parts):
            raise TextIsGone
        key = f"again:{mail.id}:{copies}"
        if copies_of(mail) > copies or (mail.state == MailState.QUEUED and mail.attempts == 0):
            return False
        if mail.state == MailState.FAILED and mail.recipient == to:
            send_again(mail=mail)
        else:
            subject_line, text, html = (str(part) for part in parts)
            about = ("order", order.id)
            queue_mail(key=key, kind=mail.kind, to=to, subject_line=subject_line, text=text, html=html, about=about)
        record("mail-sent-again", actor=f"staff:{staff_id}", about=("order", order.id), mail=mail.id)
    return True


def copies_of(mail: Mail) -> int:
    """How many were sent in its place."""
    return int(Mail.select().where(Mail.key.startswith(f"again:{mail.id}:")).count())


def _address(order: Order) -> str:
    contact = OrderContact.get_or_none(OrderContact.order == order.id)
    if contact is None or contact.email is None or contact.email is REMOVED:
        raise NobodyToWriteTo
    return str(contact.email)
