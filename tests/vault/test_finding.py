"""People are found by what is sealed, without its being readable."""

from __future__ import annotations

from typing import Any

import apsw
import pytest
from flask import Flask

from shop.config import settings
from shop.db import db, empty_log, is_sqlite
from shop.vault import Source, blind, destroy_subject, empty_logs, index_name, new_subject, rows_with_name
from shop.vault.models import NameToken

from .conftest import Person


def person(**values: Any) -> Person:
    row = Person.create(
        subject=new_subject("order"), source=Source.SELF, **{"name": "N", "email": "n@n.example", **values}
    )
    index_name(row, row.name)
    return row


@pytest.mark.parametrize("typed", ["Wren@Oakes.Example", " wren@oakes.example ", "WREN@OAKES.EXAMPLE"])
def test_an_email_is_found_however_it_is_typed(people: type[Person], typed: str) -> None:
    row = person(email="wren@Oakes.example")
    person(email="wrenn@oakes.example")
    assert [found.id for found in Person.select().where(Person.email_index == blind("email", typed))] == [row.id]


@pytest.mark.parametrize("typed", ["(213) 555-0123", "213 555 0123", "+1 213-555-0123", "001 (213) 5550123"[3:]])
def test_a_phone_is_found_however_it_is_typed(people: type[Person], typed: str) -> None:
    row = person(phone="+12135550123")
    assert [found.id for found in Person.select().where(Person.phone_index == blind("phone", typed))] == [row.id]


def test_nothing_typed_finds_nobody(people: type[Person]) -> None:
    person(phone=None)
    assert blind("phone", "") is None
    assert blind("email", "  ") is None


def test_an_index_is_a_whole_hmac_and_each_kind_has_its_own_key(people: type[Person]) -> None:
    row = person(email="2135550123@a.example", phone="2135550123")
    assert len(bytes(row.email_index)) == len(bytes(row.phone_index)) == 32
    assert blind("email", "+12135550123") != blind("phone", "+12135550123")


def test_clearing_a_value_clears_its_index(people: type[Person]) -> None:
    row = person(email="wren@oakes.example")
    row.email = None
    row.save()
    assert Person.get_by_id(row.id).email_index is None


@pytest.mark.parametrize("typed", ["oakes", "Wrén", "OAKES wren", "o'brien", "oakes, wren"])
def test_a_name_is_found_by_whole_words(people: type[Person], typed: str) -> None:
    row = person(name="Wren O'Brien Oakes")
    person(name="Wrenna Oak")
    assert [found.id for found in rows_with_name(Person, typed)] == [row.id]


@pytest.mark.parametrize("typed", ["oak", "wren smith", "", "  - "])
def test_part_of_a_word_or_no_word_finds_nobody(people: type[Person], typed: str) -> None:
    person(name="Wren Oakes")
    assert list(rows_with_name(Person, typed)) == []


def test_a_new_name_takes_the_old_ones_place(people: type[Person]) -> None:
    row = person(name="Wren Oakes")
    index_name(row, "Wren Ashby")
    assert not rows_with_name(Person, "oakes").exists()
    assert rows_with_name(Person, "ashby").exists()


def test_forgotten_people_are_found_by_nothing(people: type[Person]) -> None:
    row = person(name="Wren Oakes", email="wren@oakes.example", phone="2135550123")
    destroy_subject(row.subject)
    assert not Person.select().where(Person.email_index == blind("email", "wren@oakes.example")).exists()
    assert Person.get_by_id(row.id).phone_index is None
    assert not rows_with_name(Person, "oakes").exists()
    assert NameToken.select().count() == 0


def test_what_was_found_by_leaves_the_disk_too(people: type[Person]) -> None:
    if not is_sqlite():
        pytest.skip("PostgreSQL does so when it vacuums")
    row = person(name="Wren", email="wren@oakes.example")
    index, token = bytes(row.email_index), bytes(NameToken.get().token)
    assert index in stored()
    destroy_subject(row.subject)
    empty_logs()
    assert index not in stored()
    assert token not in stored()


def test_emptying_the_log_does_not_wait_for_somebody_who_reads(people: type[Person], app: Flask) -> None:
    if not is_sqlite():
        pytest.skip("only SQLite has such a log")
    person()
    reading = apsw.Connection(str(settings().shop_instance / "shop.db"))
    rows = reading.execute("SELECT * FROM person UNION ALL SELECT * FROM person")
    next(rows)
    person()
    assert not empty_log(db.obj)
    reading.close(True)
    assert empty_log(db.obj)


def stored() -> bytes:
    return b"".join(file.read_bytes() for file in settings().shop_instance.glob("shop.db*"))
