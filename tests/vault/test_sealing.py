"""Personal text is sealed in the database, readable in Python, and readable nowhere once its key is gone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, g
from peewee import IntegrityError

from shop import clock
from shop.config import settings
from shop.db import db, is_sqlite
from shop.vault import (
    REMOVED,
    KeyGone,
    PlainText,
    Source,
    Tampered,
    WrongSubject,
    destroy_expired,
    destroy_subject,
    destroyed_at,
    empty_logs,
    expiry_of,
    new_subject,
    preload,
    reveal,
    set_expiry,
)
from shop.vault.store import SubjectKey, connected, keys_db

from .conftest import Person

EMAIL, NAME, PHONE = "wren.oakes@canary.example", "Wren Oakes-Canary", "+12135550123"


def anna(subject: str | None = None, **values: Any) -> Person:
    told = {"name": NAME, "email": EMAIL, "phone": PHONE, "source": Source.SELF, **values}
    return Person.create(**told, subject=subject or new_subject("order"))


def raw(column: str, row_id: int) -> bytes:
    rows = db.execute_sql(f"SELECT {column} FROM person WHERE id = {row_id}").fetchall()
    return bytes(rows[0][0])


def write_raw(column: str, row_id: int, value: bytes) -> None:
    placeholder = "?" if is_sqlite() else "%s"
    db.execute_sql(f"UPDATE person SET {column} = {placeholder} WHERE id = {placeholder}", (value, row_id))


def test_what_was_set_is_read_back(people: type[Person]) -> None:
    row = Person.get_by_id(anna(name="Žofie 🌿 O'Brien", nickname="").id)
    assert (row.name, row.email, row.phone, row.nickname) == ("Žofie 🌿 O'Brien", EMAIL, PHONE, "")


def test_a_value_that_was_not_given_is_none(people: type[Person]) -> None:
    row = Person.get_by_id(anna(phone=None).id)
    assert row.phone is None
    assert row.phone_index is None


def test_sealed_values_may_come_before_the_subject(people: type[Person]) -> None:
    row = Person(name=NAME, subject=new_subject("order"))
    assert row.name == NAME


def test_a_sealed_value_needs_its_subject(people: type[Person]) -> None:
    with pytest.raises(WrongSubject):
        Person(name=NAME)
    anna()
    with pytest.raises(WrongSubject):
        Person.select(Person.name).get().name  # noqa: B018


def test_the_subject_cannot_change_under_sealed_values(people: type[Person]) -> None:
    row = anna()
    with pytest.raises(WrongSubject):
        row.subject = new_subject("order")


def test_a_changed_value_is_saved_sealed_with_its_index(people: type[Person]) -> None:
    row = Person.get_by_id(anna().id)
    row.email = "new@canary.example"
    row.save()
    assert Person.get_by_id(row.id).email == "new@canary.example"
    assert b"new@" not in raw("email", row.id)


@pytest.mark.promise("P36")
def test_a_row_without_a_source_is_refused_by_the_database(people: type[Person]) -> None:
    with pytest.raises(IntegrityError), db.atomic():
        anna(source=None)
    with pytest.raises(IntegrityError), db.atomic():
        anna(source="a bought list")


@pytest.mark.promise("P47")
def test_no_plain_text_reaches_the_disk(people: type[Person], app: Flask) -> None:
    anna(nickname="Wrennie")
    if is_sqlite():
        files = [file for file in settings().shop_instance.rglob("*") if file.is_file()]
        stored = b"".join(file.read_bytes() for file in files)
        assert any(file.name.endswith("-wal") for file in files)
    else:
        stored = str(db.execute_sql("SELECT * FROM person").fetchall()).encode()
    for text in (EMAIL, "Wren", "Canary", PHONE, "2135550123"):
        assert text.encode() not in stored
        assert text.lower().encode() not in stored.lower()


@pytest.mark.promise("P47")
def test_the_same_text_is_sealed_differently_each_time(people: type[Person]) -> None:
    first = anna()
    second = anna(subject=first.subject)
    assert raw("name", first.id) != raw("name", second.id)


@pytest.mark.promise("P47")
@pytest.mark.parametrize("place", [0, 1, 8, 13, 20, -1])
def test_a_flipped_bit_is_noticed(people: type[Person], place: int) -> None:
    row = anna()
    sealed = bytearray(raw("name", row.id))
    sealed[place] ^= 1
    write_raw("name", row.id, bytes(sealed))
    with pytest.raises(Tampered):
        Person.get_by_id(row.id).name  # noqa: B018


@pytest.mark.promise("P47")
@pytest.mark.parametrize("left", [0, 5, 28])
def test_a_shortened_value_is_noticed(people: type[Person], left: int) -> None:
    row = anna()
    write_raw("name", row.id, raw("name", row.id)[:left])
    with pytest.raises(Tampered):
        Person.get_by_id(row.id).name  # noqa: B018


@pytest.mark.promise("P47")
def test_a_value_in_another_column_is_refused(people: type[Person]) -> None:
    row = anna()
    write_raw("nickname", row.id, raw("name", row.id))
    with pytest.raises(Tampered):
        Person.get_by_id(row.id).nickname  # noqa: B018


@pytest.mark.promise("P47")
def test_a_value_in_another_persons_row_is_refused(people: type[Person]) -> None:
    one, other = anna(), anna(name="Somebody else")
    write_raw("name", one.id, raw("name", other.id))
    with pytest.raises(Tampered):
        Person.get_by_id(one.id).name  # noqa: B018


def test_plain_text_past_the_attribute_is_refused(people: type[Person]) -> None:
    row = anna()
    for write in (
        lambda: Person.update(name="Plain").where(Person.id == row.id).execute(),
        lambda: Person.update({Person.name: b"Plain"}).execute(),
        lambda: Person.insert(subject=row.subject, source="self", name="Plain").execute(),
        lambda: Person.insert_many([{"subject": row.subject, "source": "self", "name": "Plain"}]).execute(),
        lambda: Person.replace(id=row.id, subject=row.subject, source="self", name="Plain").execute(),
        lambda: Person.bulk_create([row]),
        lambda: Person.bulk_update([row], fields=[Person.name]),
        lambda: Person.set_by_id(row.id, {"name": "Plain"}),
    ):
        with pytest.raises(PlainText):
            write()
    assert Person.get_by_id(row.id).name == NAME
    assert Person.select().count() == 1


def test_comparing_with_plain_text_is_refused_and_says_how_instead(people: type[Person]) -> None:
    for compare in (
        lambda: Person.email == EMAIL,
        lambda: Person.email != EMAIL,
        lambda: Person.email < EMAIL,
        lambda: Person.email.in_([EMAIL]),
        lambda: Person.email << [EMAIL],
        lambda: Person.email.contains("canary"),
        lambda: Person.email.startswith("wren"),
        lambda: Person.email % "wren%",
        lambda: Person.get_or_none(email=EMAIL),
    ):
        with pytest.raises(PlainText, match=r"email_index == blind\(\"email\", …\)"):
            compare()
    assert Person.select().where(Person.email.is_null()).count() == 0


def test_values_without_their_row_can_be_revealed(people: type[Person]) -> None:
    anna(phone=None)
    found = Person.select(Person.subject, Person.name, Person.phone).dicts().get()
    assert reveal(Person.name, subject=found["subject"], sealed=found["name"]) == NAME
    assert reveal(Person.phone, subject=found["subject"], sealed=found["phone"]) is None


def test_after_its_key_is_destroyed_a_value_reads_removed(people: type[Person]) -> None:
    row, other = anna(), anna(name="Stays")
    destroy_subject(row.subject)
    gone = Person.get_by_id(row.id)
    assert gone.name is REMOVED
    assert str(gone.name) == "removed"
    assert gone.colour == "green"
    assert Person.get_by_id(other.id).name == "Stays"
    with pytest.raises(KeyGone):
        gone.name = "Back again"


def test_what_is_left_of_a_removed_value_cannot_be_copied_as_if_it_were_one(people: type[Person]) -> None:
    gone = anna()
    destroy_subject(gone.subject)
    with pytest.raises(KeyGone):
        anna(name=gone.name)


def test_a_destroyed_key_leaves_no_bytes_and_says_when(people: type[Person]) -> None:
    row = anna()
    with connected():
        wrapped = bytes(SubjectKey.get_by_id(row.subject).wrapped)
    destroy_subject(row.subject)
    destroy_subject(row.subject)
    with connected():
        assert SubjectKey.get_by_id(row.subject).wrapped is None
    at = destroyed_at(row.subject)
    assert at is not None
    assert abs(at - clock.now()) < timedelta(minutes=1)
    if is_sqlite():
        empty_logs()
        folder = settings().shop_instance
        assert wrapped not in b"".join(file.read_bytes() for file in folder.glob("keys.db*"))


def test_forgetting_in_a_transaction_that_fails_forgets_nothing(people: type[Person]) -> None:
    row = anna()
    with pytest.raises(RuntimeError), db.atomic():
        destroy_subject(row.subject)
        raise RuntimeError
    row = Person.get_by_id(row.id)
    assert row.name == NAME
    assert row.email_index is not None


def test_a_key_destroyed_elsewhere_is_gone_with_the_next_request(people: type[Person], app: Flask) -> None:
    row = anna()
    destroy_subject(row.subject)
    with app.app_context():
        assert "vault_keys" not in g
        assert Person.get_by_id(row.id).name is REMOVED


def test_a_key_dies_on_its_day(people: type[Person]) -> None:
    row = anna(subject=new_subject("order", clock.now() + timedelta(days=3)))
    g.pop("vault_keys")
    assert Person.get_by_id(row.id).name == NAME
    clock.travel(timedelta(days=3, seconds=5))
    g.pop("vault_keys")
    assert Person.get_by_id(row.id).name is REMOVED
    assert destroy_expired() == 1
    assert destroy_expired() == 0
    assert Person.get_by_id(row.id).email_index is None


def test_the_day_can_be_moved(people: type[Person]) -> None:
    row = anna(subject=new_subject("cart"))
    later = clock.now() + timedelta(days=400)
    set_expiry(row.subject, later)
    assert expiry_of(row.subject) == later
    clock.travel(timedelta(days=399))
    assert destroy_expired() == 0
    assert Person.get_by_id(row.id).name == NAME


def test_a_subject_that_the_key_store_never_had_reads_removed(people: type[Person]) -> None:
    row = anna()
    with connected():
        SubjectKey.delete().execute()
    g.pop("vault_keys")
    assert Person.get_by_id(row.id).name is REMOVED


@pytest.mark.parametrize("rows", [1, 40])
def test_a_list_costs_one_query_for_its_keys(people: type[Person], rows: int) -> None:
    for number in range(rows):
        anna(name=f"Person {number}")
    g.pop("vault_keys")
    sent: list[Any] = []
    keys_db.query_hooks.append(sent.append)
    shown = list(Person.select().order_by(Person.id))
    preload(row.subject for row in shown)
    assert [row.name for row in shown] == [f"Person {number}" for number in range(rows)]
    keys_db.query_hooks.remove(sent.append)
    assert len(sent) == 1
