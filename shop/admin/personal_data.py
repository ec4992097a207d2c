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
AUTHENTICATOR = Personal(
    label="Authenticator's secret",
    why="Your app and the shop work out the same codes from it.",
    without="Without a second factor you see nothing of any customer's.",
    required=False,
    purposes=(Purpose.SECURITY,),
    recipients=(),
    retention="staff",
)
INVITED_EMAIL = Personal(
    label="E-mail",
    why="The invitation is mailed there, and whoever takes it signs in with it.",
    without="Without it nobody can be invited.",
    required=True,
    purposes=(Purpose.STAFF,),
    recipients=(),
    retention="link",
    autocomplete="off",
)
