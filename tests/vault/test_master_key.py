"""The master key: made once, refused when it is open to others or another, and changed without losing anything."""

from __future__ import annotations

import base64
import secrets
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g

from shop import create_app
from shop.config import Settings, WrongSettings, settings
from shop.db import open_connection
from shop.vault import Source, blind, derived_key, new_subject, rotate_master_key
from shop.vault.store import SubjectKey, connected

from ..support.shops import disconnect
from .conftest import Person


def again(app: Flask, **overrides: Any) -> Flask:
    """The same shop, started once more."""
    known: Settings = settings()
    places = {"shop_instance": known.shop_instance, "database_url": known.database_url, "keys_url": known.keys_url}
    disconnect()
    started = create_app(**{**places, **overrides})
    open_connection()
    return started


def key_file() -> Path:
    return settings().shop_instance / "master.key"


def problem_of(app: Flask, **overrides: Any) -> str:
    with pytest.raises(WrongSettings) as refused:
        again(app, **overrides)
    disconnect()
    assert len(refused.value.problems) == 1
    return refused.value.problems[0]


def base64_of(key: bytes) -> str:
    return base64.b64encode(key).decode()


def test_the_first_start_makes_a_key_that_only_the_shop_reads(app: Flask) -> None:
    assert key_file().stat().st_mode & 0o777 == 0o600
    assert len(base64.b64decode(key_file().read_text())) == 32


@pytest.mark.parametrize("name", ["master.key", "keys.db", "shop.db"])
def test_a_file_that_others_may_read_stops_the_start(app: Flask, name: str) -> None:
    path = settings().shop_instance / name
    if not path.exists():
        pytest.skip("this shop keeps it in PostgreSQL")
    path.chmod(0o640)
    assert "0640" in problem_of(app)
    path.chmod(0o600)
    again(app)


def test_another_master_key_stops_the_start(app: Flask) -> None:
    assert "SHOP_MASTER_KEY is not the master key" in problem_of(
        app, shop_master_key=base64_of(secrets.token_bytes(32))
    )


@pytest.mark.parametrize("text", ["short", "not base64 at all!", base64_of(b"sixteen bytes ok")])
def test_a_malformed_master_key_stops_the_start(app: Flask, text: str) -> None:
    assert "SHOP_MASTER_KEY must be 32 random bytes" in problem_of(app, shop_master_key=text)


def test_a_lost_key_file_is_not_replaced_by_a_new_one(app: Flask) -> None:
    key_file().unlink()
    assert "is missing" in problem_of(app)
    assert not key_file().exists()


def test_the_key_may_come_from_the_environment(app: Flask) -> None:
    key = key_file().read_text()
    derived = derived_key("test")
    key_file().unlink()
    again(app, shop_master_key=key)
    assert derived_key("test") == derived
    assert not key_file().exists()


def test_rotating_keeps_every_value_index_and_derived_key(people: type[Person], app: Flask) -> None:
    row = Person.create(subject=new_subject("order"), source=Source.SELF, name="Wren", email="w@oakes.example")
    before = key_file().read_text(), derived_key("audit"), blind("email", "w@oakes.example"), wrapped(row.subject)
    rotate_master_key()
    g.pop("vault_keys")
    assert Person.get_by_id(row.id).name == "Wren"
    after = key_file().read_text(), derived_key("audit"), blind("email", "w@oakes.example"), wrapped(row.subject)
    assert before[1:3] == after[1:3]
    assert before[0] != after[0]
    assert before[3] != after[3]


def test_after_rotating_an_old_key_opens_nothing(people: type[Person], app: Flask) -> None:
    old = key_file().read_text()
    rotate_master_key()
    assert "is not the master key" in problem_of(app, shop_master_key=old)


def test_a_process_that_missed_the_rotation_reads_and_writes_on(people: type[Person], app: Flask) -> None:
    from shop.vault import store

    row = Person.create(subject=new_subject("order"), source=Source.SELF, name="Wren", email="w@oakes.example")
    held = store._opened
    rotate_master_key()
    store._opened = held
    g.pop("vault_keys")
    assert Person.get_by_id(row.id).name == "Wren"
    store._opened = held
    later = Person.create(subject=new_subject("order"), source=Source.SELF, name="Robin", email="r@oakes.example")
    again(app)
    g.pop("vault_keys")
    assert Person.get_by_id(later.id).name == "Robin"


def test_a_rotation_that_was_cut_short_is_finished_by_the_next_start(people: type[Person], app: Flask) -> None:
    row = Person.create(subject=new_subject("order"), source=Source.SELF, name="Wren", email="w@oakes.example")
    old = key_file().read_text()
    rotate_master_key()
    key_file().rename(key_file().with_name("master.key.next"))
    key_file().write_text(old)
    key_file().chmod(0o600)
    again(app)
    g.pop("vault_keys")
    assert Person.get_by_id(row.id).name == "Wren"
    assert key_file().read_text() != old
    assert not key_file().with_name("master.key.next").exists()


def test_a_rotation_that_never_reached_the_store_is_dropped(people: type[Person], app: Flask) -> None:
    key_file().with_name("master.key.next").write_text(base64_of(secrets.token_bytes(32)))
    key_file().with_name("master.key.next").chmod(0o600)
    again(app)
    rotate_master_key()
    again(app)


def test_a_master_key_from_the_environment_is_rotated_to_a_given_one(app: Flask) -> None:
    key, new = key_file().read_text(), secrets.token_bytes(32)
    key_file().unlink()
    again(app, shop_master_key=key)
    rotate_master_key(new)
    again(app, shop_master_key=base64_of(new))


def wrapped(subject: str) -> bytes:
    with connected():
        return bytes(SubjectKey.get_by_id(subject).wrapped)
