"""What the trail says, and whether it can be believed."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from peewee import ModelSelect

from ..vault import derived_key, remembered
from .models import AuditEvent

BEFORE_THE_FIRST = bytes(32)
TAIL = "audit tail"
AT_A_TIME = 1_000


@dataclass(frozen=True)
class Broken:
    """The first row that does not hold: its number and what is wrong, "altered", "missing" or "cut off"."""

    number: int
    what: str


def events_about(kind: str, row_id: int) -> ModelSelect[Any]:
    """The events of one row, such as ("order", 12), oldest first."""
    is_about = (AuditEvent.about_kind == kind) & (AuditEvent.about_id == row_id)
    found: ModelSelect[Any] = AuditEvent.select().where(is_about).order_by(AuditEvent.number)
    return found


def events(*, kind: str = "", actor: str = "", about: tuple[str, int] | None = None) -> ModelSelect[Any]:
    """Those of a kind, by an actor such as "staff:3", and about a row; in no order yet."""
    found: ModelSelect[Any] = AuditEvent.select()
    if kind:
        found = found.where(AuditEvent.kind == kind)
    if actor:
        found = found.where(AuditEvent.actor == actor)
    if about:
        found = found.where(AuditEvent.about_kind == about[0], AuditEvent.about_id == about[1])
    return found


def last_event() -> AuditEvent | None:
    found: AuditEvent | None = AuditEvent.select().order_by(AuditEvent.number.desc()).first()
    return found


def verify() -> Broken | None:
    """The first row that was altered, removed, added or moved by anyone without the shop's keys; None: all hold.

    Rows cut off at the end are noticed when they were there at the last `mark_tail()`, which the worker calls each
    minute; what was written and cut off within that minute is not. Who holds the master key can write any trail.
    """
    broken, number = verify_chain()
    if broken is not None:
        return broken
    marked, _ = marked_tail()
    return Broken(number + 1, "cut off") if number < marked else _against_mark()


def verify_chain() -> tuple[Broken | None, int]:
    """The same without the note of how far it went, as for a copy made earlier; and how many rows hold."""
    number, previous = 0, BEFORE_THE_FIRST
    for event in _in_order():
        number += 1
        if event.number != number:
            return Broken(number, "missing"), number - 1
        if bytes(event.previous) != previous or not hmac.compare_digest(bytes(event.digest), digest_of(event)):
            return Broken(number, "altered"), number - 1
        previous = bytes(event.digest)
    return None, number


def marked_tail() -> tuple[int, bytes]:
    """The number and digest of the last event, as noted in the key store; (0, zeros) before the first note."""
    noted = remembered(TAIL)
    return (0, BEFORE_THE_FIRST) if noted is None else (int.from_bytes(noted[:8]), noted[8:])


def digest_of(event: AuditEvent) -> bytes:
    """What the row's digest must be."""
    told = [
        *(event.number, event.at.isoformat(), event.kind, event.actor, event.about_kind, event.about_id),
        *(event.details, bytes(event.previous).hex()),
    ]
    return hmac.digest(derived_key("audit"), json.dumps(told, separators=(",", ":")).encode(), "sha256")


def _in_order() -> Iterator[AuditEvent]:
    last = -1
    while rows := list(
        AuditEvent.select().where(AuditEvent.number > last).order_by(AuditEvent.number).limit(AT_A_TIME)
    ):
        yield from rows
        last = rows[-1].number


def _against_mark() -> Broken | None:
    """A chain that holds in itself may still not be the one that was marked."""
    number, digest = marked_tail()
    if number == 0:
        return None
    event = AuditEvent.get(AuditEvent.number == number)
    return None if bytes(event.digest) == digest else Broken(number, "altered")
