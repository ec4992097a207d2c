"""The keys of subjects: made, found, destroyed. A request keeps those it used until its end, and no longer."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import g, has_app_context
from peewee import SQL, chunked, fn

from .. import clock
from . import master, store
from .retention import RETENTION
from .store import SubjectKey, connected, keys_db

AT_A_TIME = 500
KEPT_AT_MOST = 5_000
log = logging.getLogger("shop.vault")


def new_subject(retention_class: str, expires_at: datetime | None = None) -> str:
    """Make a key and return its id, for a `subject` column. Expires as its class says unless told otherwise.

    The key is kept at once, whatever becomes of the caller's transaction: what is sealed must never lack its key.
    """
    subject, key = secrets.token_hex(16), master.new_key()
    expires_at = expires_at or RETENTION[retention_class].expiry()
    with connected(), keys_db.atomic():
        SubjectKey.insert(
            id=subject,
            retention_class=retention_class,
            wrapped=store.wrap_as_of_now(subject, key),
            created_at=clock.now(),
            expires_at=expires_at,
        ).execute()
    _cache()[subject] = AESGCM(key)
    return subject


def key_of(subject: str) -> AESGCM | None:
    """The subject's key, or None when it was destroyed or has expired."""
    found = _cache()
    if subject not in found:
        _fetch([subject], found)
    return found[subject]


def preload(subjects: Iterable[str]) -> None:
    """Fetch the keys for a page of rows in one query, so that a list costs the same whatever its length."""
    found = _cache()
    for some in chunked({subject for subject in subjects if subject not in found}, AT_A_TIME):
        _fetch(some, found)


def set_expiry(subject: str, expires_at: datetime | None) -> None:
    """Move the day on which the key is destroyed; one that is gone stays gone."""
    with connected(), keys_db.atomic():
        SubjectKey.update(expires_at=expires_at).where(
            (SubjectKey.id == subject) & SubjectKey.destroyed_at.is_null()
        ).execute()
    _cache().pop(subject, None)


def expiry_of(subject: str) -> datetime | None:
    """When the key will be destroyed by itself; None: never, or it is gone."""
    with connected():
        row = SubjectKey.get_or_none((SubjectKey.id == subject) & SubjectKey.destroyed_at.is_null())
    return None if row is None else row.expires_at


@dataclass(frozen=True)
class Standing:
    """What becomes of one key. `expires_at` is None when it never ends by itself."""

    retention_class: str
    expires_at: datetime | None
    destroyed_at: datetime | None


def standings(subjects: Iterable[str]) -> dict[str, Standing]:
    """The keys of many subjects in a few queries; those that never were are left out."""
    found: dict[str, Standing] = {}
    columns = (SubjectKey.id, SubjectKey.retention_class, SubjectKey.expires_at, SubjectKey.destroyed_at)
    with connected():
        for some in chunked(set(subjects), AT_A_TIME):
            for row in SubjectKey.select(*columns).where(SubjectKey.id.in_(some)):
                found[row.id] = Standing(row.retention_class, row.expires_at, row.destroyed_at)
    return found


def destroyed_at(subject: str) -> datetime | None:
    with connected():
        row = SubjectKey.get_or_none(SubjectKey.id == subject)
    return None if row is None else row.destroyed_at


def destroyed_since(moment: datetime) -> Iterator[list[str]]:
    """The subjects whose keys were destroyed after that moment, some at a time."""
    with connected():
        rows = SubjectKey.select(SubjectKey.id).where(SubjectKey.destroyed_at >= moment)
        gone = [row.id for row in rows]
    yield from chunked(gone, AT_A_TIME)


def standing_counts() -> dict[str, int]:
    """How many keys of each retention class stand."""
    counted = SubjectKey.select(SubjectKey.retention_class, fn.COUNT(SubjectKey.id)).where(
        SubjectKey.destroyed_at.is_null()
    )
    with connected():
        rows: Iterable[Any] = counted.group_by(SubjectKey.retention_class).tuples()
        return dict(rows)


def expiring(before: datetime) -> list[tuple[str, datetime, int]]:
    """Retention class, hour, and how many keys end in it: those that stand and end before this moment."""
    hour = keys_db.obj.truncate_date("hour", SubjectKey.expires_at)
    is_due = (SubjectKey.expires_at < before) & SubjectKey.destroyed_at.is_null()
    counted = SubjectKey.select(SubjectKey.retention_class, hour.alias("hour"), fn.COUNT(SubjectKey.id)).where(is_due)
    with connected():
        # By its place: to PostgreSQL the same expression with a parameter in it is another one.
        rows: Iterable[Any] = counted.group_by(SubjectKey.retention_class, SQL("2")).order_by(SQL("2")).tuples()
        return [(name, _as_moment(at), count) for name, at, count in rows]


def _as_moment(at: datetime | str) -> datetime:
    """SQLite gives the hour as text."""
    return (datetime.fromisoformat(at) if isinstance(at, str) else at).replace(tzinfo=UTC)


def expired_subjects() -> Iterator[list[str]]:
    """The subjects whose time is over and whose keys still stand, some at a time."""
    is_due, last = (SubjectKey.expires_at <= clock.now()) & SubjectKey.destroyed_at.is_null(), ""
    while True:
        with connected():
            rows = SubjectKey.select(SubjectKey.id).where(is_due & (SubjectKey.id > last)).order_by(SubjectKey.id)
            due = [row.id for row in rows.limit(AT_A_TIME)]
        if not due:
            return
        yield due
        last = due[-1]


def standing(subjects: Iterable[str]) -> list[str]:
    """Those whose keys were not destroyed."""
    found = []
    with connected():
        for some in chunked(subjects, AT_A_TIME):
            rows = SubjectKey.select(SubjectKey.id).where(SubjectKey.id.in_(some) & SubjectKey.destroyed_at.is_null())
            found += [row.id for row in rows]
    return found


def empty_keys(subjects: Iterable[str]) -> None:
    """Empty the keys' bytes, for ever; the rows remember when. Doing it twice changes nothing."""
    gone = list(subjects)
    with connected(), keys_db.atomic():
        for some in chunked(gone, AT_A_TIME):
            SubjectKey.update(wrapped=None, destroyed_at=clock.now()).where(
                SubjectKey.id.in_(some) & SubjectKey.destroyed_at.is_null()
            ).execute()
    _cache().update(dict.fromkeys(gone))


def _cache() -> dict[str, AESGCM | None]:
    """Keys by subject, None for those that are gone; lives as long as the request or job."""
    if not has_app_context():
        return {}
    found: dict[str, AESGCM | None] = g.setdefault("vault_keys", {})
    if len(found) > KEPT_AT_MOST:
        found.clear()
    return found


def _fetch(subjects: Iterable[str], found: dict[str, AESGCM | None]) -> None:
    wanted = list(subjects)
    found.update(dict.fromkeys(wanted))
    with connected():
        rows = list(SubjectKey.select().where(SubjectKey.id.in_(wanted)))
    for row in rows:
        if row.destroyed_at is None and (row.expires_at is None or row.expires_at > clock.now()):
            found[row.id] = AESGCM(store.unwrap(row.id, bytes(row.wrapped)))
    if len(rows) < len(wanted):
        log.warning("keys that the key store never had were asked for", extra={"fields": {"asked": len(wanted)}})
