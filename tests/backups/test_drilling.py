"""The restore drill says whether a backup would bring the shop back, and touches nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop.audit.models import AuditEvent
from shop.audit.services import record
from shop.backups.drilling import DrillFailed, drill, drill_due
from shop.backups.models import Backup, BackupKind
from shop.backups.queries import standing
from shop.backups.services import back_up, make_backup
from shop.backups.writing import folder_of
from shop.config import settings
from shop.db import open_connection

from ..support.customers import CARO, make_customer


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    open_connection()
    with app.app_context():
        yield


@pytest.mark.promise("P13")
def test_a_sound_backup_is_said_to_be_sound_and_the_day_is_noted(app: Flask) -> None:
    make_customer(CARO, "Caro")
    record("order-packed", actor="staff:1", about=("order", 1))
    events = AuditEvent.select().count()
    for kind in BackupKind:
        made = make_backup(kind)
        done = drill(folder_of(kind) / made.file)
        assert done.rows > 0 and done.lacking == []
        assert done.events == (events if kind == BackupKind.DATA else 0)
        assert Backup.get_by_id(made.id).verified_at is not None
    assert not list(settings().backup_root.glob(".drill*"))
    last = standing().last_drill
    assert last is not None and clock.now() - last < timedelta(minutes=1)


@pytest.mark.promise("P13")
def test_an_altered_row_of_the_audit_trail_in_a_backup_is_named(app: Flask) -> None:
    for number in range(3):
        record("order-packed", actor="staff:1", about=("order", number + 1))
    last = AuditEvent.select().order_by(AuditEvent.number.desc()).get()
    AuditEvent.update(about_id=99).where(AuditEvent.number == last.number - 1).execute()
    made = make_backup(BackupKind.DATA)
    with pytest.raises(DrillFailed, match=f"row {last.number - 1} is altered"):
        drill(folder_of(BackupKind.DATA) / made.file)
    assert Backup.get_by_id(made.id).verified_at is None


def test_a_damaged_backup_is_said_to_be_damaged(app: Flask) -> None:
    made = make_backup(BackupKind.KEYS)
    path = folder_of(BackupKind.KEYS) / made.file
    content = bytearray(path.read_bytes())
    content[-40] ^= 1
    path.write_bytes(content)
    with pytest.raises(DrillFailed, match="cannot be used"):
        drill(path)


def test_the_newest_backups_are_rehearsed_once_a_week(app: Flask) -> None:
    drill_due()
    back_up()
    drill_due()
    first = standing().last_drill
    assert Backup.select().where(Backup.verified_at.is_null()).count() == 0
    clock.travel(timedelta(days=2))
    back_up()
    drill_due()
    assert standing().last_drill == first
    clock.travel(timedelta(days=8))
    back_up()
    drill_due()
    assert standing().last_drill != first
