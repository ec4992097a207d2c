"""Asking for one's own data."""

from __future__ import annotations

from wtforms import EmailField, Form

from ..typed import given, mail_address, one_line, plain
from . import personal_data as declared

LONGEST_EMAIL = 254


class AskForm(Form):  # type: ignore[misc]
    """Which mailbox the link goes to. It needs no session's token: it only has a mail sent."""

    personal = {"email": declared.OPENED_FOR}

    email = EmailField("E-mail", [given(declared.OPENED_FOR), plain(LONGEST_EMAIL), mail_address], filters=[one_line])
