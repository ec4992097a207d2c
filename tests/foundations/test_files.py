"""Who may read the shop's files."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from flask import Flask

from shop.config import settings
from shop.ops.folders import make_folders, open_to_others


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.promise("P46")
def test_nobody_else_may_read_data_and_keys(app: Flask) -> None:
    before = os.umask(0o022)
    try:
        make_folders(settings())
    finally:
        os.umask(before)
    instance = settings().shop_instance
    assert mode(instance) == 0o700
    assert mode(instance / "mail") == 0o700
    secrets = [path for path in instance.iterdir() if path.is_file() and path.suffix in {".key", ".db"}]
    assert {path.name for path in secrets} >= {"secret.key", "master.key"}
    assert {path.name: mode(path) for path in secrets} == {path.name: 0o600 for path in secrets}


@pytest.mark.promise("P46")
def test_files_that_became_readable_are_found_and_closed_again(app: Flask) -> None:
    secret, queue = (settings().shop_instance / name for name in ("secret.key", "queue.db"))
    queue.touch()
    for file in (secret, queue):
        file.chmod(0o644)
    assert open_to_others(settings()) == [secret, queue]
    before = os.umask(0o022)
    try:
        make_folders(settings())
    finally:
        os.umask(before)
    assert open_to_others(settings()) == []
