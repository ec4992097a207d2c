"""What changes the vault's own rows: indexing names, and forgetting a subject."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from ..db import db, empty_log
from .blind import hashed, name_words
from .erasures import destroy_keys, forget_in_data, write_entries
from .fields import SealedModel
from .keys import expired_subjects
from .ledger import BrokenLedger, LedgerNotWritten
from .models import NameToken, Removal
from .removals import entry_of, new_removal
from .store import connected, keys_db

log = logging.getLogger("shop.vault")


def index_name(row: SealedModel, *names: str | None) -> None:
    """Let `row` be found by the words of `names`, and by no other word any more. Call it after save()."""
    table = row._meta.table_name
    with db.atomic():
        NameToken.delete().where((NameToken.of_table == table) & (NameToken.row_id == row.id)).execute()
        tokens = [
            {"token": hashed("name", word), "of_table": table, "row_id": row.id, "subject": row.subject}
            for word in sorted(name_words(*names))
        ]
        if tokens:
            NameToken.insert_many(tokens).execute()


def destroy_subject(subject: str) -> None:
    """Forget: what is sealed for the subject reads as REMOVED in every copy, and nothing finds its rows any more.

    Inside a transaction the key is destroyed once that has committed, and the erasure ledger notes it first. Raises
    ledger.LedgerNotWritten when it cannot: the key stands, and asking again finishes it.
    """
    destroy_subjects([subject])


def destroy_subjects(subjects: Sequence[str]) -> None:
    """Forget some subjects together, as destroy_subject does one."""
    with db.atomic():
        forget_in_data(subjects)
        db.after_commit(lambda: destroy_keys(subjects))


def note_removal(kind: str, *parts: int | str) -> None:
    """Note in the caller's transaction that a single thing is gone whose key lives on: ("customer", 7, "phone"). Of ids
    and codes alone.

    It reaches the erasure ledger once that has committed; if it cannot be written then, the worker does so.
    """
    with db.atomic():
        row = new_removal(kind, parts)
        db.after_commit(lambda: _write_down(row))


def _write_down(row: Removal) -> None:
    try:
        write_entries([entry_of(row)])
    except (LedgerNotWritten, BrokenLedger):
        log.exception("a removal is not in the erasure ledger yet", extra={"fields": {"removal": row.mark}})


def destroy_expired() -> int:
    """Forget every subject whose time is over; how many there were."""
    count = 0
    for subjects in expired_subjects():
        destroy_subjects(subjects)
        count += len(subjects)
    return count


def empty_logs() -> None:
    """Let what was destroyed leave SQLite's write-ahead logs too; the worker does it each minute.

    Not in the request that destroys them: emptying a log waits for its readers, and makes writers wait.
    """
    empty_log(db.obj)
    with connected():
        empty_log(keys_db.obj)
