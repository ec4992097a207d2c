"""The tables as the migrations make them: numbered scripts, applied once each, by one process at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playhouse.migrations import Runner

from ..config import settings
from ..db import db, is_sqlite
from ..disclosures.registering import register_known_carriers
from ..orders.carriers import KNOWN
from ..orders.services.tallies import keep_tallies
from ..policies.services import post_first_policy
from ..vault.bond import bond

SCRIPTS = Path(__file__).parent / "migrations"
ADVISORY_LOCK = 0x5348_4F50


def migrate() -> list[str]:
    """Apply what is not applied yet and return its names; a second process waits, and then finds nothing to do."""
    with db.connection_context():
        return migrate_here()


def migrate_here() -> list[str]:
    """The same for a caller that is connected already."""
    with _alone():
        applied = list(_runner().up())
        keep_tallies()
        bond()
        post_first_policy()
        register_known_carriers((carrier.code, carrier.name) for carrier in KNOWN)
        return applied


def migrate_to(name: str) -> None:
    """Make the tables as they were with this migration, in the caller's transaction."""
    _runner().up(name)


def known() -> set[str]:
    """The names of all migrations that this version of the shop has."""
    return {script.stem for script in SCRIPTS.glob("[0-9]*.py")}


def pending() -> list[str]:
    """The migrations that the database still lacks."""
    return [migration.name for migration in _runner().status() if not migration.applied]


def _runner() -> Runner:
    return Runner(db.obj, SCRIPTS)


@contextmanager
def _alone() -> Iterator[None]:
    if not is_sqlite():
        db.execute_sql("SELECT pg_advisory_lock(%s)", (ADVISORY_LOCK,))
        try:
            yield
        finally:
            db.execute_sql("SELECT pg_advisory_unlock(%s)", (ADVISORY_LOCK,))
        return
    handle = os.open(settings().shop_instance / "migrating.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
