"""What an erasure itself has to hold until it is done."""

from __future__ import annotations

from ...vault import Personal, Purpose

EMAIL = Personal(
    label="Address that an erasure writes to",
    why="You get a receipt there once all is gone; then the address goes too.",
    without="Without it we could neither find what is yours nor tell you that it is gone.",
    required=True,
    purposes=(Purpose.CASE,),
    retention="erasure",
    autocomplete="email",
)
