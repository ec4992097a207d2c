"""Backups: whole, encrypted, consistent while others write, registered, and deleted when their time is over."""

from __future__ import annotations

import io
import os
import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from shop import clock
from shop.backups.envelope import CHUNK, TAG, DamagedBackup, NoKeyOpens, Reader, Writer, read_head
from shop.backups.models import Backup, BackupKind
from shop.backups.queries import standing, what_remains
from shop.backups.services import BackupFailed, BackupNotDeleted, back_up, make_backup, prune
from shop.backups.writing import folder_of
from shop.config import settings
from shop.jobs import JobRun, run_job
from shop.templating import day
from shop.vault.master import MasterKey, new_key

from ..support.client import ShopClient
from ..support.desk import ROBIN, sign_in

KEY = MasterKey(new_key())


def sealed(content: bytes) -> bytes:
    file = io.BytesIO()
    writer = Writer(file, kind=BackupKind.DATA, made_at=clock.now(), keys={"master": KEY})
    writer.write(content)
    writer.close()
    return file.getvalue()


def opened(content: bytes) -> bytes:
    file = io.BytesIO(content)
    return Reader(file, read_head(file), {"master": KEY}).read()


CONTENT = os.urandom(3 * CHUNK + 1000)


def parts(content: bytes) -> tuple[bytes, list[bytes]]:
    """The head, and the chunks."""
    file = io.BytesIO(content)
    head = read_head(file).line
    body = content[len(head) :]
    return head, [body[at : at + CHUNK + TAG] for at in range(0, len(body), CHUNK + TAG)]


@pytest.mark.promise("P47")
@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_was_written_is_read_back_and_the_file_shows_nothing_of_it(size: int) -> None:
    content = (b"Wren Oakes " * (size // 11 + 1))[:size]
    assert opened(sealed(content)) == content
    assert b"Wren Oakes" not in sealed(content)


@pytest.mark.promise("P47")
def test_one_flipped_bit_anywhere_is_refused() -> None:
    whole = sealed(CONTENT)
    head = len(parts(whole)[0])
    for place in (5, head - 30, head, head + CHUNK, len(whole) // 2, len(whole) - 1):
        altered = bytearray(whole)
        altered[place] ^= 1
        with pytest.raises((DamagedBackup, NoKeyOpens)):
            opened(bytes(altered))


@pytest.mark.promise("P47")
def test_a_file_cut_off_anywhere_is_refused() -> None:
    head, chunks = parts(sealed(CONTENT))
    for kept in range(len(chunks)):
        with pytest.raises(DamagedBackup, match="cut off"):
            opened(head + b"".join(chunks[:kept]))
    for short in (1, TAG, CHUNK):
        with pytest.raises(DamagedBackup):
            opened(head + b"".join(chunks)[:-short])


@pytest.mark.promise("P47")
def test_chunks_that_were_moved_repeated_left_out_or_added_are_refused() -> None:
    head, (first, second, third, last) = parts(sealed(CONTENT))
    _, other = parts(sealed(CONTENT))
    for order in (
        (second, first, third, last),
        (first, first, third, last),
        (first, third, last),
        (first, second, third, last, last),
        (first, second, other[2], last),
    ):
        with pytest.raises(DamagedBackup):
            opened(head + b"".join(order))


def test_the_head_of_another_backup_is_refused() -> None:
    one, other = sealed(CONTENT), sealed(CONTENT)
    with pytest.raises(DamagedBackup):
        opened(parts(other)[0] + b"".join(parts(one)[1]))


def test_another_key_opens_nothing() -> None:
    file = io.BytesIO(sealed(CONTENT))
    with pytest.raises(NoKeyOpens):
        Reader(file, read_head(file), {"master": MasterKey(new_key())})


def test_what_is_no_backup_is_called_so() -> None:
    with pytest.raises(DamagedBackup, match="no backup"):
        read_head(io.BytesIO(b"SQLite format 3\0"))


@pytest.fixture
def context(app: Flask):
    with app.app_context():
        yield app


@pytest.mark.promise("P13")
def test_a_backup_is_one_file_that_only_the_shop_reads_and_the_register_knows_it(context: Flask) -> None:
    for kind in BackupKind:
        made = make_backup(kind)
        path = folder_of(kind) / made.file
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.stat().st_size == made.bytes
        assert [file.name for file in folder_of(kind).iterdir() if file.name.endswith(".backup")] == [made.file]
        assert not list(folder_of(kind).glob(".making*"))


@pytest.mark.promise("P22")
def test_what_remains_is_said_with_its_last_day_and_is_gone_after_it(context: Flask) -> None:
    assert what_remains()[BackupKind.DATA].last_expiry is None
    start = clock.now()
    back_up()
    clock.travel(timedelta(days=3))
    back_up()
    remains = what_remains()
    data, keys = remains[BackupKind.DATA], remains[BackupKind.KEYS]
    assert data.count == keys.count == 2
    assert data.last_expiry and abs(data.last_expiry - start - timedelta(days=3 + 35)) < timedelta(minutes=5)
    assert keys.last_expiry and abs(keys.last_expiry - start - timedelta(days=3 + 7)) < timedelta(minutes=5)
    clock.travel(timedelta(days=10, hours=1))
    back_up()
    assert what_remains()[BackupKind.KEYS].count == 1
    clock.travel(timedelta(days=38, hours=1))
    back_up()
    old = [row for row in Backup.select() if row.made_at < start + timedelta(days=4)]
    assert len(old) == 4 and all(row.pruned_at for row in old)
    there = {path.name for kind in BackupKind for path in folder_of(kind).glob("*.backup")}
    assert there == {row.file for row in Backup.select() if row.pruned_at is None}


def test_nothing_is_made_before_it_is_due(context: Flask) -> None:
    back_up()
    clock.travel(timedelta(hours=23))
    back_up()
    assert Backup.select().count() == 2
    clock.travel(timedelta(hours=24, minutes=1))
    back_up()
    assert Backup.select().count() == 4


def test_a_clock_that_jumps_ahead_deletes_nothing_before_there_is_a_newer_one(context: Flask) -> None:
    back_up()
    clock.travel(timedelta(days=3650))
    back_up()
    assert what_remains()[BackupKind.DATA].count == 1
    assert len(list(folder_of(BackupKind.DATA).glob("*.backup"))) == 1


def test_a_clock_that_is_put_back_keeps_no_backup_longer(context: Flask) -> None:
    clock.travel(timedelta(days=3650))
    back_up()
    clock.travel(timedelta(0))
    back_up()
    assert what_remains()[BackupKind.DATA].count == 2
    last = what_remains()[BackupKind.DATA].last_expiry
    assert last is not None and last < clock.now() + timedelta(days=35, hours=1)


def test_the_only_backup_of_the_data_is_kept_when_no_newer_one_can_be_made(context: Flask) -> None:
    made = make_backup(BackupKind.DATA)
    make_backup(BackupKind.KEYS)
    clock.travel(timedelta(days=40))
    prune()
    assert (folder_of(BackupKind.DATA) / made.file).exists()
    assert what_remains()[BackupKind.KEYS].count == 0
    assert standing().problems[0] == f"{made.file}: kept past its date: no newer backup of the data could be made"


def test_a_file_that_cannot_be_deleted_is_said(context: Flask) -> None:
    made = make_backup(BackupKind.KEYS)
    path = folder_of(BackupKind.KEYS) / made.file
    path.unlink()
    path.mkdir()
    clock.travel(timedelta(days=8))
    with pytest.raises(BackupNotDeleted):
        prune()
    assert "cannot be deleted" in standing().problems[0]
    assert not run_job("back up")
    assert JobRun.get(JobRun.name == "back up").error == "BackupNotDeleted"
    path.rmdir()
    back_up()
    assert standing().problems == []


def test_a_file_that_the_register_forgot_is_found_and_deleted_in_time(context: Flask) -> None:
    made = make_backup(BackupKind.KEYS)
    Backup.delete().execute()
    prune()
    assert Backup.get().file == made.file and Backup.get().expires_at == made.expires_at
    clock.travel(timedelta(days=8))
    prune()
    assert not (folder_of(BackupKind.KEYS) / made.file).exists()


def test_a_folder_that_cannot_be_written_is_named_and_nothing_is_left(context: Flask) -> None:
    root = settings().backup_root
    root.parent.mkdir(parents=True, exist_ok=True)
    root.write_text("a file where the folder should be")
    with pytest.raises(BackupFailed, match="cannot be written"):
        make_backup(BackupKind.DATA)
    assert Backup.select().count() == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_disk_that_is_full_is_an_error_and_not_half_a_file(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/full").open("wb", buffering=0) as full, pytest.raises(OSError, match="No space left"):
        Writer(full, kind=BackupKind.DATA, made_at=clock.now(), keys={"master": KEY}).close()


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """Every write beyond `size` fails, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_backup_that_runs_out_of_room_halfway_leaves_nothing_and_says_so(context: Flask) -> None:
    with files_no_larger_than(40_000), pytest.raises(BackupFailed) as failed:
        make_backup(BackupKind.DATA)
    assert "No backup was made" in str(failed.value) or "cannot be written" in str(failed.value)
    assert [path.name for path in settings().backup_root.glob("*backup*")] == []
    assert not list(settings().backup_root.glob(".making*"))
    assert Backup.select().count() == 0
    make_backup(BackupKind.DATA)


class TestWithoutRoom:
    @pytest.fixture
    def settings_overrides(self) -> dict[str, int]:
        return {"disk_megabytes_needed": 10**9}

    def test_a_backup_never_takes_the_room_that_orders_need(self, context: Flask) -> None:
        if settings().database_url:
            pytest.skip("the database is on another machine's disk")
        with pytest.raises(BackupFailed, match="There is no room"):
            make_backup(BackupKind.DATA)
        assert list(settings().backup_root.glob("*.backup")) == []


def test_the_owner_reads_when_the_last_backup_was_made_and_what_is_wrong(context: Flask, robin: ShopClient) -> None:
    none_yet = "<dt>Last backup</dt><dd>none yet</dd>"
    assert none_yet in robin.get("/admin/").text
    back_up()
    text = robin.get("/admin/").text
    assert none_yet not in text and "no recent backup of the data" not in text
    clock.travel(timedelta(days=4))
    assert "no recent backup of the data" in sign_in(robin, ROBIN).get("/admin/").text


@pytest.mark.promise("P22")
def test_my_data_shows_the_real_last_day_of_each_kind_of_backup(context: Flask, caros: ShopClient) -> None:
    assert "There is no backup at this moment" in caros.get("/my-data").text
    back_up()
    text = caros.get("/my-data").text
    for remaining in what_remains().values():
        assert remaining.last_expiry is not None
        assert f"deleted on {day(remaining.last_expiry)}" in text


def test_two_at_once_make_two_files(context: Flask) -> None:
    threads = [threading.Thread(target=lambda: _backup(context)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Backup.select().count() == 2


def _backup(app: Flask) -> None:
    from shop.db import connect_until_answered

    with app.app_context():
        connect_until_answered()
        make_backup(BackupKind.DATA)
