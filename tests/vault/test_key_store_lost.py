"""A key store that is lost, exchanged or too old stops the start, and so does lost data; none is made in its place."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from shop import create_app
from shop.config import Settings, WrongSettings, settings
from shop.db import db, make_sqlite_file, open_connection
from shop.outbox.models import Mail
from shop.outbox.services import queue_mail
from shop.vault import blind, destroy_subject
from shop.vault.store import SubjectKey, connected, keys_db

from ..support.shops import Shops, disconnect

WREN = "wren@oakes.example"


def start(known: Settings) -> Flask:
    disconnect()
    app = create_app(shop_instance=known.shop_instance, database_url=known.database_url, keys_url=known.keys_url)
    open_connection()
    return app


def problem_of(known: Settings) -> str:
    with pytest.raises(WrongSettings) as refused:
        start(known)
    disconnect()
    assert len(refused.value.problems) == 1
    return refused.value.problems[0]


def write_a_mail(key: str = "first") -> None:
    queue_mail(
        key=key, kind="order-confirmed", to=WREN, subject_line="Yours", text="Dear Wren", html="<p>", about=("order", 1)
    )


def empty(url: str | None, file: Path) -> None:
    disconnect()
    if url is None:
        for path in file.parent.glob(f"{file.name}*"):
            path.unlink()
        return
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


def lose_the_keys(known: Settings) -> None:
    empty(known.keys_url, known.shop_instance / "keys.db")


def lose_the_data(known: Settings) -> None:
    empty(known.database_url, known.shop_instance / "shop.db")


def empty_the_keys(known: Settings) -> None:
    """The tables stand, with nothing in them."""
    with keys_db.connection_context():
        keys_db.execute_sql("DELETE FROM subject_key")
        keys_db.execute_sql("DELETE FROM secret")


@pytest.mark.parametrize("lose", [lose_the_keys, empty_the_keys])
def test_a_lost_key_store_stops_the_start_and_no_other_is_made(app: Flask, lose: Callable[[Settings], None]) -> None:
    known = settings()
    write_a_mail()
    lose(known)
    for _ in range(2):
        problem = problem_of(known)
        assert "The key store is lost" in problem and "Put the key store back" in problem
    if lose is lose_the_keys and known.keys_url is None:
        assert not (known.shop_instance / "keys.db").exists()


def test_a_key_store_that_was_put_back_lets_the_shop_start(app: Flask) -> None:
    known = settings()
    if known.keys_url:
        pytest.skip("a file can be copied away; the restore is tested with the backups")
    write_a_mail()
    disconnect()
    shutil.copy(known.shop_instance / "keys.db", known.shop_instance / "kept.db")
    lose_the_keys(known)
    problem_of(known)
    shutil.copy(known.shop_instance / "kept.db", known.shop_instance / "keys.db")
    (known.shop_instance / "keys.db").chmod(0o600)
    start(known)
    assert Mail.get(Mail.recipient_index == blind("email", WREN)).text == "Dear Wren"


def test_an_empty_file_in_the_key_stores_place_is_no_key_store(app: Flask) -> None:
    known = settings()
    if known.keys_url:
        pytest.skip("this shop keeps it in PostgreSQL")
    lose_the_keys(known)
    make_sqlite_file(known.shop_instance / "keys.db")
    assert "The key store is lost" in problem_of(known)


@pytest.mark.parametrize("name", ["keys.db", "shop.db"])
def test_a_file_that_is_no_database_any_more_is_named(app: Flask, name: str) -> None:
    known = settings()
    if known.keys_url:
        pytest.skip("this shop keeps both in PostgreSQL")
    disconnect()
    (known.shop_instance / name).write_bytes(b"no such thing" * 1000)
    problem = problem_of(known)
    assert f"{name} cannot be read" in problem and "flask --app wsgi shop restore" in problem


def test_another_shops_key_store_stops_the_start(app: Flask, shops: Shops, tmp_path: Path) -> None:
    known = settings()
    write_a_mail()
    with connected(), keys_db.atomic():
        keys_db.execute_sql("DELETE FROM secret WHERE name <> 'root'")
    lose_the_keys(known)
    disconnect()
    # What the master key opens, and yet is not this shop's: the first start of a shop without data makes it.
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(known.shop_instance / "master.key", elsewhere / "master.key")
    create_app(shop_instance=elsewhere, keys_url=known.keys_url)
    disconnect()
    if known.keys_url is None:
        shutil.copy(elsewhere / "keys.db", known.shop_instance / "keys.db")
        (known.shop_instance / "keys.db").chmod(0o600)
    problem = problem_of(known)
    assert "another shop's key store" in problem and "Put this shop's own key store back" in problem


def test_a_key_store_older_than_the_data_stops_the_start(app: Flask) -> None:
    known = settings()
    write_a_mail("first")
    write_a_mail("second")
    start(known)
    newest = Mail.get(Mail.key == "second").subject
    with connected(), keys_db.atomic():
        SubjectKey.delete().where(SubjectKey.id == newest).execute()
    problem = problem_of(known)
    assert "is older than" in problem and "Put the newest key store back" in problem


def test_lost_data_stops_the_start_while_the_key_store_stands(app: Flask) -> None:
    known = settings()
    write_a_mail()
    lose_the_data(known)
    for _ in range(2):
        problem = problem_of(known)
        assert "The data is lost" in problem and "Put the data back" in problem


def test_who_empties_both_begins_anew(app: Flask) -> None:
    known = settings()
    write_a_mail()
    lose_the_data(known)
    lose_the_keys(known)
    start(known)
    assert not db.table_exists("mail")


def test_an_expired_key_is_no_lost_key(app: Flask) -> None:
    known = settings()
    write_a_mail()
    destroy_subject(Mail.get().subject)
    start(known)
    assert Mail.get().text == "removed"
