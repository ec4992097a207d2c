"""How many queries something costs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from shop.db import db


@contextmanager
def count_queries() -> Iterator[list[str]]:
    """The SQL sent to the shop's database inside the block: `with count_queries() as sent: …; assert len(sent) < 5`."""
    sent: list[str] = []

    def note(event: Any) -> None:
        if not event.sql.lstrip().upper().startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA")):
            sent.append(event.sql)

    db.query_hooks.append(note)
    try:
        yield sent
    finally:
        db.query_hooks.remove(note)
