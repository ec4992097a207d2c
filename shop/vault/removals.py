"""Single things that were taken away or taken back, and whose keys live on: an address, a consent, a phone number.

Older data would bring them back, so each is noted in the erasure ledger as well: ids and codes, "address:12". Restored
data look there for what they have missed, and do it again before the shop serves.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from peewee import IntegrityError

from .. import clock
from ..db import db
from .ledger import Erasures
from .models import Removal

# Called with what note_removal() was given after the kind, as text, and when that was; in a transaction of its own.
Replay = Callable[[Sequence[str], datetime], object]
_replays: dict[str, Replay] = {}
# An entry of the ledger is "mark=thing"; a subject's id has no such sign.
SIGN = "="


def on_replay(kind: str, function: Replay) -> None:
    """Let `function` do again whatever is noted under this kind."""
    _replays[kind] = function


def new_removal(kind: str, parts: Sequence[int | str]) -> Removal:
    """The row that stands for it, in the caller's transaction."""
    if kind not in _replays:
        raise KeyError(f"nobody knows how to remove {kind!r} again: say so in ops/replaying.py")
    row: Removal = Removal.create(mark=secrets.token_hex(8), thing=":".join(str(part) for part in (kind, *parts)))
    return row


def entry_of(row: Removal) -> str:
    return f"{row.mark}{SIGN}{row.thing}"


def replay(erasures: Erasures) -> int:
    """Remove again what these data have missed; how many things that were."""
    if not db.table_exists(Removal._meta.table_name):
        return 0
    known = {row.mark for row in Removal.select(Removal.mark)}
    missed = [(mark, thing, at) for mark, thing, at in _things(erasures) if mark not in known]
    return sum(_again(mark, thing, at) for mark, thing, at in missed)


def unwritten(erasures: Erasures, since: datetime) -> list[Removal]:
    """What the data know and the ledger does not; what nothing needs any more is dropped from them."""
    Removal.delete().where(Removal.at < since).execute()
    noted = {mark for mark, _, _ in _things(erasures)}
    return [row for row in Removal.select().order_by(Removal.id) if row.mark not in noted]


def _things(erasures: Erasures) -> Iterable[tuple[str, str, datetime]]:
    for line in erasures.lines:
        for entry in line.subjects:
            mark, sign, thing = entry.partition(SIGN)
            if sign:
                yield mark, thing, line.at


def _again(mark: str, thing: str, at: datetime) -> bool:
    """False when another process was quicker, or a newer version of the shop wrote what this one does not know."""
    kind, *parts = thing.split(":")
    function = _replays.get(kind)
    if function is None:
        return False
    try:
        with db.atomic():
            Removal.create(mark=mark, thing=thing, at=clock.now())
            function(parts, at)
    except IntegrityError:
        return False
    return True
