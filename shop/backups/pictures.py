"""Pictures are kept once each beside the data's backups: they say nothing about anybody and never change."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta
from pathlib import Path

from .. import clock
from ..config import settings
from ..files import draft_beside

FOLDER = "pictures"


def picture_store() -> Path:
    return settings().backup_root / FOLDER


def picture_names() -> list[str]:
    root = settings().media_root
    return sorted(path.name for path in root.glob("[!.]*") if path.is_file()) if root.is_dir() else []


def keep_pictures() -> list[str]:
    """Copy those that are new, mark those that are in use, and return the names of all that are."""
    store, names = picture_store(), picture_names()
    store.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in names:
        if (store / name).exists():
            os.utime(store / name)
        else:
            copy_whole(settings().media_root / name, store / name)
    return names


def bring_back(names: list[str]) -> list[str]:
    """Put back what the shop lacks of these; returns the names of those that no backup has."""
    store, root, lacking = picture_store(), settings().media_root, []
    root.mkdir(parents=True, exist_ok=True)
    for name in names:
        if (root / name).exists():
            continue
        if (store / name).exists():
            copy_whole(store / name, root / name)
        else:
            lacking.append(name)
    return lacking


def drop_unused() -> None:
    """Delete those that were in use at no backup that is still kept."""
    oldest = (clock.now() - timedelta(days=settings().keep_backup_days)).timestamp()
    in_use = set(picture_names())
    for path in picture_store().glob("*"):
        if path.name not in in_use and path.stat().st_mtime < oldest:
            path.unlink()


def copy_whole(source: Path, target: Path) -> None:
    """A copy that is there whole or not at all."""
    with source.open("rb") as read, draft_beside(target) as written:
        shutil.copyfileobj(read, written)
