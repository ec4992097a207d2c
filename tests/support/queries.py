"""How many queries something costs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from shop.db import db

# Beginning and ending, and the turn that PostgreSQL's writers of the trail wait for where SQLite has one writer anyway.
NOT_COUNTED = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA", "SELECT PG_ADVISORY_XACT_LOCK")


@contextmanager
def count_queries() -> Iterator[list[str]]:
    """The SQL sent to the shop's database inside the block: `with count_queries() as sent: …; assert len(sent) < 5`."""
    sent: list[str] = []

    def note(event: Any) -> None:
        if not event.sql.lstrip().upper().startswith(NOT_COUNTED):
            sent.append(event.sql)

    db.query_hooks.append(note)
    try:
        yield sent
    finally:
        db.query_hooks.remove(note)
