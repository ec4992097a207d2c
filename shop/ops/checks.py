"""What the shop cannot work without; /readyz asks at every moment."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass

from .. import vault
from ..config import settings
from ..db import connect_until_answered, db
from . import schema

MEGABYTE = 1024 * 1024
# What to do about a check that got no answer.
WHERE_TO_LOOK = {
    "database": "Is the database running, and is DATABASE_URL right?",
    "keys": "Is the key store's database running, and is KEYS_URL right?",
    "jobs": "Is Redis running, and is REDIS_URL right?",
}
ELSEWHERE = "If the database above does not answer either, see to that first; else the shop's log says more."


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is well, in words, and what to do when it is not."""

    name: str
    is_well: bool
    says: str
    advice: str = ""


def readiness() -> list[Finding]:
    """Database, keys, migrations and disk, without a word about anybody."""
    return [
        guarded("database", database),
        guarded("keys", keys),
        guarded("migrations", migrations),
        guarded("disk", disk),
    ]


def guarded(name: str, check: Callable[[], Finding]) -> Finding:
    """A check that itself breaks is a finding. The error's text may hold a password, so only its kind is told."""
    try:
        return check()
    except Exception as error:  # whatever it is, the answer is the same
        return Finding(name, False, f"no answer ({type(error).__name__})", WHERE_TO_LOOK.get(name, ELSEWHERE))


def database() -> Finding:
    connect_until_answered()
    db.execute_sql("SELECT 1").fetchone()
    return Finding("database", True, "answers")


def keys() -> Finding:
    vault.expiry_of("nobody")
    try:
        vault.check_first()
    except vault.Parted as error:
        return Finding(
            "keys", False, "the key store and the data do not belong together, or erasures are lost", str(error)
        )
    return Finding("keys", True, "the key store answers, and everything erased is gone")


def migrations() -> Finding:
    missing = schema.pending()
    if missing:
        return Finding("migrations", False, f"not applied: {', '.join(missing)}", "Run: flask --app wsgi shop migrate")
    return Finding("migrations", True, "all applied")


def disk() -> Finding:
    free, needed = shutil.disk_usage(settings().shop_instance).free // MEGABYTE, settings().disk_megabytes_needed
    return Finding("disk", free >= needed, f"{free:,} MB free", f"Make room: below {needed:,} MB no order is taken.")
