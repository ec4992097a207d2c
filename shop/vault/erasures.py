"""What the erasure ledger is for: whatever was destroyed once is destroyed again when a restore has brought it back."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from peewee import chunked, fn

from .. import clock
from ..config import settings
from ..db import db
from .fields import Sealed, SealedModel, sealed_models
from .keys import empty_keys, standing
from .ledger import BrokenLedger, Erasures, Ledger, Mark, in_lines, opened
from .models import KeyStoreBond, NameToken
from .removals import entry_of, replay, unwritten
from .store import SubjectKey, connected, keys_db, remember, remembered

FOLLOWED = "erasures followed"
AT_A_TIME = 500
LOST = "lost"
MARGIN = timedelta(days=1)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)

log = logging.getLogger("shop.vault")


def destroy_keys(subjects: Sequence[str]) -> None:
    """Note the erasure in the ledger, then empty the keys' bytes, for ever; the rows remember when.

    Doing it twice changes nothing. Raises LedgerNotWritten, and then nothing was destroyed.
    """
    with opened() as ledger, connected():
        for some in in_lines(subjects):
            there = standing(some)
            if there:
                _empty(there, ledger.note(there, after=_end(ledger)))


def follow() -> int:
    """Destroy again whatever the ledger names and a restore has brought back; how many subjects that were.

    Raises BrokenLedger when the ledger cannot be believed, or does not reach back to when this key store was copied.
    """
    with opened() as ledger, connected():
        followed = _followed()
        if not ledger.exists():
            if followed.number:
                raise BrokenLedger(f"{ledger.path} is missing.")
            return 0
        erasures = ledger.read()
        _compare(ledger, erasures, followed)
        again = standing(erasures.after(followed.number))
        if erasures.end != followed:
            _empty(again, erasures.end)
    return max(len(again), _follow_with_data(erasures)) + replay(erasures)


def keep_up() -> None:
    """Let the ledger hold all that this key store knows, the data note how far it has followed, and drop old lines.

    The worker does it each minute: whatever is in the ledger was forgotten by the data of a running shop before.
    """
    since = _oldest_needed()
    with opened() as ledger, connected():
        end = _end(ledger)
        ledger.forget_before(since)
        for some in in_lines(entry_of(row) for row in unwritten(ledger.read(), since)):
            end = ledger.note(some, after=end)
            _empty([], end)
    with db.atomic():
        KeyStoreBond.update(erasures=end.number).where(KeyStoreBond.erasures < end.number).execute()


def write_entries(entries: Sequence[str]) -> None:
    """Note single things in the ledger. Raises LedgerNotWritten."""
    with opened() as ledger, connected():
        _empty([], ledger.note(entries, after=_end(ledger)))


def write_anew() -> None:
    """Make a ledger of what the key store itself knows, in place of one that is lost or cannot be believed."""
    with opened() as ledger, connected():
        _write_anew(ledger, _followed())


def forget_lost() -> int:
    """Accept that some keys are lost: their subjects count as destroyed from now on; how many there were."""
    lost: set[str] = set()
    for model in sealed_models():
        subjects: Any = model.select(model.subject).distinct().tuples()
        for some in chunked([subject for (subject,) in subjects], AT_A_TIME):
            with connected():
                known = {row.id for row in SubjectKey.select(SubjectKey.id).where(SubjectKey.id.in_(some))}
            lost |= set(some) - known
    for some in in_lines(sorted(lost)):
        with db.atomic():
            forget_in_data(some)
        with connected(), keys_db.atomic():
            now = clock.now()
            gone = {
                "retention_class": LOST,
                "wrapped": None,
                "created_at": now,
                "destroyed_at": now,
                "expires_at": None,
            }
            SubjectKey.insert_many([{"id": subject, **gone} for subject in some]).execute()
    return len(lost)


def forget_in_data(subjects: Sequence[str]) -> None:
    """Let nothing find the subjects' rows any more, in the caller's transaction."""
    NameToken.delete().where(NameToken.subject.in_(subjects)).execute()
    for model in sealed_models():
        indexes = [str(field.blind_index) for field in fields_with_index(model)]
        if indexes:
            model.update(dict.fromkeys(indexes)).where(model.subject.in_(subjects)).execute()


def fields_with_index(model: type[SealedModel]) -> list[Sealed]:
    return [field for field in model._meta.sorted_fields if isinstance(field, Sealed) and field.blind_index]


def _follow_with_data(erasures: Erasures) -> int:
    """Data that is older than the ledger reaches back is compared with the key store itself."""
    bond = KeyStoreBond.get_or_none() if db.table_exists(KeyStoreBond._meta.table_name) else None
    if bond is None or bond.erasures >= erasures.end.number:
        return 0
    is_within = bond.erasures >= erasures.before.number
    subjects = erasures.after(bond.erasures) if is_within else list(_found_though_gone())
    for some in chunked(subjects, AT_A_TIME):
        with db.atomic():
            forget_in_data(some)
    with db.atomic():
        KeyStoreBond.update(erasures=erasures.end.number).execute()
    return len(subjects)


def _found_though_gone() -> Iterator[str]:
    """Subjects that an index still finds and whose keys are gone."""
    found: list[Any] = [NameToken.select(NameToken.subject).distinct()]
    for model in sealed_models():
        for field in fields_with_index(model):
            is_found = getattr(model, str(field.blind_index)).is_null(False)
            found.append(model.select(model.subject).where(is_found).distinct())
    for subjects in found:
        for some in chunked([subject for (subject,) in subjects.tuples()], AT_A_TIME):
            with connected():
                gone = SubjectKey.select(SubjectKey.id).where(SubjectKey.id.in_(some) & SubjectKey.wrapped.is_null())
                yield from [row.id for row in gone]


def _compare(ledger: Ledger, erasures: Erasures, followed: Mark) -> None:
    known = {line.mark.number: line.mark for line in erasures.lines} | {erasures.before.number: erasures.before}
    if erasures.end.number < followed.number:
        raise BrokenLedger(f"{ledger.path} was cut off: {followed.number - erasures.end.number} lines are missing.")
    if followed.number in known and known[followed.number] != followed:
        raise BrokenLedger(f"{ledger.path} is not the ledger that this key store has followed.")
    if followed.number < erasures.before.number and _last_used() < erasures.since:
        raise BrokenLedger(
            f"The key store is older than {ledger.path} reaches back, so it may hold keys that were destroyed."
        )


def _last_used() -> datetime:
    """When the key store last got a key: a copy of it was made after that."""
    newest = SubjectKey.select(fn.MAX(SubjectKey.created_at)).scalar()
    return newest or LONG_AGO


def _end(ledger: Ledger) -> Mark:
    """Where the next line goes. A ledger that lacks lines is written anew: this key store has been in use since."""
    followed = _followed()
    try:
        end = ledger.end() if ledger.exists() else None
    except BrokenLedger:
        end = None
    if end is None and not followed.number:
        ledger.start(before=Mark(), since=LONG_AGO)
        return Mark()
    if end is None or end.number < followed.number or (end.number == followed.number and end != followed):
        log.error("erasure ledger lost or cut off, written anew", extra={"fields": {"ledger": str(ledger.path)}})
        return _write_anew(ledger, followed)
    return end


def _write_anew(ledger: Ledger, followed: Mark) -> Mark:
    since = _oldest_needed()
    gone = SubjectKey.select(SubjectKey.id, SubjectKey.destroyed_at).where(SubjectKey.destroyed_at >= since)
    ledger.start(before=followed, since=since)
    mark = followed
    for some in in_lines(row.id for row in gone.order_by(SubjectKey.destroyed_at)):
        mark = ledger.note(some, after=mark)
    with keys_db.atomic():
        remember(FOLLOWED, mark.packed())
    return mark


def _oldest_needed() -> datetime:
    """Nothing that is still kept brings back what was destroyed before this moment."""
    return clock.now() - timedelta(days=max(settings().keep_backup_days, settings().keep_key_backup_days)) - MARGIN


def _followed() -> Mark:
    return Mark.unpacked(remembered(FOLLOWED))


def _empty(subjects: Sequence[str], mark: Mark) -> None:
    with keys_db.atomic():
        empty_keys(subjects)
        remember(FOLLOWED, mark.packed())
