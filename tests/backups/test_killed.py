"""A backup or a restore that is killed at any moment leaves the old or the new, and never half of anything."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from flask import Flask

import shop
from shop import create_app
from shop.backups import running
from shop.backups.drilling import drill
from shop.backups.models import Backup, BackupKind
from shop.backups.services import make_backup, prune
from shop.backups.writing import folder_of
from shop.config import settings
from shop.customers.models import Customer
from shop.db import open_connection
from shop.ops.restoring import restore
from shop.vault import destroy_subject, destroyed_at

from ..support.customers import CARO, DAN, make_customer
from ..support.shops import disconnect
from .test_restoring import places

ROOT = Path(shop.__file__).parent
TRACED = (f"{ROOT / 'backups'}{os.sep}", str(ROOT / "ops" / "restoring.py"), str(ROOT / "ops" / "settling.py"))
TRACED += (str(ROOT / "ops" / "reviving.py"), str(ROOT / "files.py"), str(ROOT / "vault" / "erasures.py"))
POINTS = 8


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    open_connection()
    yield
    running.release()


class Tracer:
    """Counts the executed lines of the traced code, and kills the process at line `last`."""

    def __init__(self, last: int | None) -> None:
        self.last, self.count = last, 0

    def enter(self, frame: FrameType, _event: str, _argument: Any) -> Callable[..., Any] | None:
        return self.line if frame.f_code.co_filename.startswith(TRACED) else None

    def line(self, frame: FrameType, event: str, _argument: Any) -> Callable[..., Any]:
        if event == "line":
            self.count += 1
            if self.count == self.last:
                os.kill(os.getpid(), signal.SIGKILL)
        return self.line


def in_a_process(act: Callable[[], object], last: int | None) -> int:
    """How many lines it took, or 0 when it was killed."""
    disconnect()
    running.release()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        tracer = Tracer(last)
        try:
            sys.settrace(tracer.enter)
            act()
            sys.settrace(None)
            os.write(writing, str(tracer.count).encode())
        except BaseException as error:
            os.write(2, repr(error).encode())
            os._exit(1)
        os._exit(0)
    os.close(writing)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    said = os.read(reading, 20)
    os.close(reading)
    assert code in {0, -signal.SIGKILL}
    return int(said or 0)


def moments(lines: int) -> list[int]:
    return [1 + at * (lines - 1) // (POINTS - 1) for at in range(POINTS)]


def start() -> None:
    known = settings()
    disconnect()
    create_app(**places(known))
    open_connection()


@pytest.mark.promise("P13")
def test_a_backup_that_is_killed_leaves_a_whole_file_or_none(app: Flask) -> None:
    make_customer(CARO, "Caro")

    def back_up() -> None:
        open_connection()
        make_backup(BackupKind.DATA)

    lines = in_a_process(back_up, None)
    killed = sum(in_a_process(back_up, last) == 0 for last in moments(lines))
    assert killed == POINTS
    start()
    prune()
    folder = folder_of(BackupKind.DATA)
    whole = list(folder.glob("*.backup"))
    assert len(whole) >= 2
    for path in whole:
        assert drill(path).rows > 0
    assert {row.file for row in Backup.select()} == {path.name for path in whole}
    make_backup(BackupKind.DATA)
    assert [path.name for path in folder.glob(".*") if path.name != ".lock"] == []


@pytest.mark.promise("P13")
def test_a_restore_that_is_killed_leaves_the_old_shop_or_the_new_one(app: Flask) -> None:
    caro = make_customer(CARO, "Caro")
    made = make_backup(BackupKind.DATA)
    path = folder_of(BackupKind.DATA) / made.file
    destroy_subject(caro.subject)
    make_customer(DAN, "Dan")
    known = settings()
    lines = in_a_process(lambda: restore(known, path, may_replace=True), None)
    ends = []
    for last in moments(lines):
        start()
        if not Customer.select().where(Customer.id != caro.id).exists():
            make_customer(DAN, "Dan")
        assert in_a_process(lambda last=last: restore(known, path, may_replace=True), last) == 0  # type: ignore[misc]
        start()
        names = [row.name for row in Customer.select().order_by(Customer.id)]
        assert names in (["removed", "Dan"], ["removed"])
        assert Customer.get_by_id(caro.id).email_index is None
        assert destroyed_at(caro.subject) is not None
        ends.append(len(names))
    assert set(ends) == {1, 2}
    assert not list(known.shop_instance.glob("*.restored"))
