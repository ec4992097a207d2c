"""The shop's data folder: nobody but the shop's own user may look into it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from ..config import Settings

PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600
KEPT_PRIVATE = (
    "secret.key",
    "master.key",
    "shop.db",
    "keys.db",
    "queue.db",
    "limits.db",
    "practice.db",
    "config.toml",
    "mail",
    "backups",
)


def make_folders(settings: Settings) -> None:
    """Make what is missing and take away what others may read; files made later by this process are private too."""
    os.umask(0o077)
    for folder in (settings.shop_instance, settings.media_root, settings.shop_instance / "mail"):
        folder.mkdir(parents=True, exist_ok=True)
    settings.shop_instance.chmod(PRIVATE_FOLDER)
    for path in open_to_others(settings):
        path.chmod(PRIVATE_FOLDER if path.is_dir() else PRIVATE_FILE)


def open_to_others(settings: Settings) -> list[Path]:
    """The secret files and folders that somebody else on this machine could read."""
    paths = (settings.shop_instance / name for name in KEPT_PRIVATE)
    return [path for path in paths if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077]
