"""What a mail that waits or was sent holds about a person."""

from __future__ import annotations

from functools import partial

from ..vault import Personal, Purpose

_mail = partial(
    Personal,
    without="Without it there is no mail.",
    required=True,
    purposes=(Purpose.CORRESPONDENCE,),
    retention="mail",
)

RECIPIENT = _mail(label="Mail address", why="Mails about the order are sent there.")
SUBJECT_LINE = _mail(label="Mail's subject", why="It says what the mail is about.")
TEXT = _mail(label="Mail's text", why="It is what the shop wrote to you.")
HTML = _mail(label="Mail's layout", why="It is the same text, laid out.")
