"""What a case holds about whoever wrote."""

from __future__ import annotations

from functools import partial

from ...vault import Personal, Purpose

_case = partial(Personal, purposes=(Purpose.CASE,), retention="case")

EMAIL = _case(
    label="E-mail",
    why="We answer you there.",
    without="Without it we could not answer you.",
    required=True,
    autocomplete="email",
)
TEXT = _case(
    label="Your request",
    why="So that we know what you ask, want corrected or complain about.",
    without="Without it we would not know what to do.",
    required=True,
)
ANSWER = _case(
    label="Our answer to your request",
    why="It is what we wrote to you about it.",
    without="Without it nobody could say later what you were told.",
    required=True,
)
