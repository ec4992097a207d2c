"""Where files are written to no disk: every test makes a shop, and a shop waits for its disk at each commit."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

MEMORY, ROOM = Path("/dev/shm"), 2**30


def in_memory() -> Path | None:
    """A folder that is kept in memory, if there is one with room."""
    has_room = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return MEMORY if has_room else None
