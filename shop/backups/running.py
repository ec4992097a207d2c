"""Whether the shop runs, and putting restored files in their place before it does.

Every process of the shop holds a lock for as long as it lives; a restore takes it alone. A restored file waits beside
its place under another name, whole and proven; from there it is moved in by the restore or, if that was killed, by
the next start, before anything opens the old one.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..files import sync_folder

DATABASES = ("shop.db", "keys.db")
WAIT_SECONDS = 0.05

_held: int | None = None


class ShopRuns(Exception):
    """The shop, or another restore, is using the data folder."""


def hold(instance: Path) -> None:
    """Say that a process of the shop runs here, once whatever a killed restore left is in its place."""
    release()
    global _held
    _held = _lock(instance)
    while not _taken(_held, fcntl.LOCK_SH):
        time.sleep(WAIT_SECONDS)
    while left := [name for name in DATABASES if waiting(instance / name).exists()]:
        # Alone: nobody may open a database while its file is exchanged. Who waits here too finds it done.
        if _taken(_held, fcntl.LOCK_EX):
            for name in left:
                move_in(instance / name)
        else:
            fcntl.flock(_held, fcntl.LOCK_UN)
            time.sleep(WAIT_SECONDS)
        while not _taken(_held, fcntl.LOCK_SH):
            time.sleep(WAIT_SECONDS)


def release() -> None:
    """Say that this process is done with the databases."""
    global _held
    if _held is not None:
        os.close(_held)
        _held = None


@contextmanager
def closed(instance: Path) -> Iterator[None]:
    """Keep the shop from starting while the block lasts. Raises ShopRuns."""
    handle = _lock(instance)
    try:
        if not _taken(handle, fcntl.LOCK_EX):
            raise ShopRuns(f"The shop is running in {instance}, or a restore is: stop it first.")
        for name in DATABASES:
            if waiting(instance / name).exists():
                move_in(instance / name)
        yield
    finally:
        os.close(handle)


def waiting(database: Path) -> Path:
    """Where a restored database waits. Once it is there, the restore is done but for moving it in."""
    return database.with_name(f"{database.name}.restored")


def move_in(database: Path) -> None:
    """Put the waiting file in its place; doing it again after being killed anywhere ends the same."""
    # A log left beside the new file would be replayed into it.
    for tail in ("-wal", "-shm"):
        database.with_name(database.name + tail).unlink(missing_ok=True)
    sync_folder(database.parent)
    with suppress(FileNotFoundError):
        waiting(database).replace(database)
    sync_folder(database.parent)


def _lock(instance: Path) -> int:
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.open(instance / "running.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _taken(handle: int, how: int) -> bool:
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
