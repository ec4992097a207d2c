"""Whatever is altered in the audit trail is noticed, and the first row that does not hold is named."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import pytest
from flask import Flask

from shop.audit.models import AuditEvent
from shop.audit.queries import Broken, events_about, verify
from shop.audit.services import UndeclaredEvent, accept_tail, mark_tail, record
from shop.db import close_connection, db, is_sqlite, open_connection


@pytest.fixture(autouse=True)
def connected(app: Flask) -> Iterator[None]:
    """An empty trail: what making the shop wrote into it is not what is looked at here."""
    open_connection()
    AuditEvent.delete().execute()
    yield


def some_events(count: int = 6) -> list[AuditEvent]:
    return [record("order-packed", actor="staff:1", about=("order", number)) for number in range(1, count + 1)]


def test_an_untouched_trail_holds(app: Flask) -> None:
    assert verify() is None
    some_events()
    mark_tail()
    assert verify() is None


def test_an_event_says_who_what_and_about_what(app: Flask) -> None:
    record("refund-requested", actor="staff:3", about=("order", 12), refund=7, cents=1999)
    event = events_about("order", 12).get()
    assert (event.kind, event.actor, json.loads(event.details)) == (
        "refund-requested",
        "staff:3",
        {"cents": 1999, "refund": 7},
    )


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "staff:2"},
        {"kind": "order-shipped"},
        {"about_id": 99},
        {"about_kind": "refund"},
        {"details": '{"carrier":"x"}'},
        {"digest": bytes(32)},
        {"previous": bytes(32)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_one_altered_row_is_named(app: Flask, change: dict[str, object]) -> None:
    some_events()
    AuditEvent.update(**change).where(AuditEvent.number == 4).execute()
    assert verify() == Broken(4, "altered")


def test_an_altered_time_is_noticed(app: Flask) -> None:
    first, second, *_ = some_events()
    AuditEvent.update(at=first.at.replace(year=2001)).where(AuditEvent.number == second.number).execute()
    assert verify() == Broken(2, "altered")


def test_a_missing_row_is_named(app: Flask) -> None:
    some_events()
    AuditEvent.delete().where(AuditEvent.number == 3).execute()
    assert verify() == Broken(3, "missing")


def test_closing_the_gap_does_not_hide_it(app: Flask) -> None:
    some_events()
    AuditEvent.delete().where(AuditEvent.number == 3).execute()
    for number in (4, 5, 6):
        AuditEvent.update(number=number - 1).where(AuditEvent.number == number).execute()
    assert verify() == Broken(3, "altered")


def test_two_rows_that_changed_places_are_noticed(app: Flask) -> None:
    some_events()
    for before, after in ((2, 100), (3, 2), (100, 3)):
        AuditEvent.update(number=after).where(AuditEvent.number == before).execute()
    assert verify() == Broken(2, "altered")


def test_a_cut_off_end_is_noticed_once_it_was_marked(app: Flask) -> None:
    some_events()
    mark_tail()
    AuditEvent.delete().where(AuditEvent.number > 4).execute()
    assert verify() == Broken(5, "cut off")
    mark_tail()
    assert verify() == Broken(5, "cut off")


def test_a_cut_off_end_that_was_written_anew_is_noticed(app: Flask) -> None:
    some_events()
    mark_tail()
    AuditEvent.delete().where(AuditEvent.number > 5).execute()
    record("order-packed", actor="staff:2", about=("order", 6))
    assert verify() == Broken(6, "altered")


def test_an_emptied_trail_is_noticed(app: Flask) -> None:
    some_events()
    mark_tail()
    AuditEvent.delete().execute()
    assert verify() == Broken(1, "cut off")


def test_after_a_restore_the_end_can_be_accepted_and_that_is_told(app: Flask) -> None:
    some_events()
    mark_tail()
    AuditEvent.delete().where(AuditEvent.number > 4).execute()
    accept_tail(actor="staff:1")
    assert verify() is None
    assert events_about("audit", 4).get().kind == "tail-accepted"


def test_an_event_goes_with_the_transaction_it_tells_of(app: Flask) -> None:
    some_events(2)
    with pytest.raises(RuntimeError), db.atomic():
        record("order-packed", actor="staff:1", about=("order", 3))
        raise RuntimeError
    record("order-packed", actor="staff:1", about=("order", 4))
    assert [event.about_id for event in AuditEvent.select().order_by(AuditEvent.number)] == [1, 2, 4]
    assert verify() is None


def test_parallel_writers_make_one_chain(app: Flask) -> None:
    failures: list[BaseException] = []

    def write(staff: int) -> None:
        try:
            open_connection()
            for order in range(1, 11):
                with db.atomic():
                    record("order-packed", actor=f"staff:{staff}", about=("order", order))
            close_connection()
            if is_sqlite():
                db.close()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(staff,)) for staff in range(1, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert AuditEvent.select().count() == 60
    assert verify() is None


@pytest.mark.parametrize(
    ("kind", "actor", "details"),
    [
        ("order-admired", "staff:1", {}),
        ("order-packed", "Anna", {}),
        ("order-packed", "staff:0", {}),
        ("order-packed", "staff:1", {"note": "x"}),
        ("order-shipped", "staff:1", {"carrier": "left with Anna Berg"}),
        ("order-shipped", "staff:1", {"carrier": "anna@example.com"}),
        ("order-shipped", "staff:1", {"carrier": 1.5}),
    ],
)
def test_what_was_not_declared_or_may_be_personal_is_refused(
    app: Flask, kind: str, actor: str, details: dict[str, str]
) -> None:
    with pytest.raises(UndeclaredEvent):
        record(kind, actor=actor, about=("order", 1), **details)
    assert AuditEvent.select().count() == 0
