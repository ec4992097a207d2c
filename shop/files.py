"""Files that only the shop may read, written whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


def make_private_file(path: Path, content: bytes) -> None:
    """Write a file that is not there yet; whoever comes first wins, and the others read that one."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        replace_private_file(draft, content)
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def replace_private_file(path: Path, content: bytes) -> None:
    """Write a file, or put it in the old one's place."""
    with draft_beside(path) as file:
        file.write(content)


@contextmanager
def draft_beside(path: Path) -> Iterator[BinaryIO]:
    """A file to write to, put in `path`'s place once the block has ended well, and gone when it has not."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        sync_folder(path.parent)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Have the disk remember what was renamed or deleted in it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
