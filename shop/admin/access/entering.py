"""Letting a member of staff in who proved who they are; what the views of the ways in share."""

from __future__ import annotations

from flask import session, url_for
from flask.typing import ResponseReturnValue

from ...signing_in import go_to, start_session
from ..signed_in import KIND, own_path
from .signing_in import Entry

# Where the session keeps the token of a half of a sign-in; a customer's has a name of its own.
STEP = "desk-step"
WRONG_CODE = "This code is not right, or was used already. Look for the newest one in your app."
START_AGAIN = "That took too long, or too many codes were wrong. Please sign in again."


def let_in(entry: Entry, *, target: str | None = None) -> ResponseReturnValue:
    """To the desk or to `target`; or to where the second factor's code is asked for."""
    where = own_path(target or "")
    if entry.needs_code:
        session.clear()
        session[STEP] = entry.token
        return go_to(url_for("admin.ask_code", next=where))
    start_session(KIND, entry.token)
    return go_to(where or url_for("admin.home"))
