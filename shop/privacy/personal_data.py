"""What asking about one's own data leaves with the shop in its turn."""

from __future__ import annotations

from functools import partial

from ..vault import Personal, Purpose

_asking = partial(Personal, required=True, purposes=(Purpose.CASE, Purpose.SECURITY))

OPENED_FOR = _asking(
    label="Address that My data was opened for",
    why="For an hour it says whose data this browser may see.",
    without="Without it we could not show you anything.",
    retention="link",
    autocomplete="email",
)
REQUEST_EMAIL = _asking(
    label="E-mail of a request",
    why="You asked us by letter, by phone or in the shop what we hold, and this is the address it was about.",
    without="Without it we could not find what you asked for.",
    retention="case",
    autocomplete="email",
)
RESTRICTED_EMAIL = _asking(
    label="E-mail of whoever a withheld value is about",
    why="It says whose page leaves something out.",
    without="Without it nothing could be withheld, whatever the reason.",
    retention="case",
    autocomplete="email",
)
REASON = _asking(
    label="Why something is withheld",
    why="You are told the reason whenever we do not show you something.",
    without="Without a reason nothing may be withheld.",
    retention="case",
)
