"""What the shop holds about the people who work in it."""

from __future__ import annotations

from ..vault import Personal, Purpose

EMAIL = Personal(
    label="E-mail",
    why="You sign in with it.",
    without="Without it you cannot sign in.",
    required=True,
    purposes=(Purpose.STAFF,),
    recipients=(),
    retention="staff",
    autocomplete="username",
)
NAME = Personal(
    label="Name",
    why="Colleagues see who did what.",
    without="Without it nobody knows who packed an order.",
    required=True,
    purposes=(Purpose.STAFF,),
    recipients=(),
    retention="staff",
    autocomplete="name",
)
