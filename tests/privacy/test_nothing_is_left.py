"""Once somebody is forgotten, nothing of theirs is found in any byte that the shop keeps."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from psycopg import sql

from shop import clock, vault
from shop.backups.models import BackupKind
from shop.backups.services import make_backup
from shop.config import settings
from shop.customers.models import Customer
from shop.db import open_connection
from shop.jobs import run_job
from shop.orders.models import LockedInvoice, Order, OrderState, Payment, PaymentState
from shop.outbox.models import Mail
from shop.privacy.cases.models import Case
from shop.privacy.erasing.models import Erasure, ErasureState
from shop.privacy.erasing.plan import plan_for
from shop.privacy.erasing.services import request_erasure
from shop.privacy.person import Person
from shop.vault import REMOVED, Sealed, blind, destroyed_at, index_name
from shop.vault.blind import hashed, name_words
from shop.vault.fields import sealed_models
from tests.support.canary import Canary, plant
from tests.support.client import ShopClient

THEIR_NAME = "Zerynthia Quill"
KEPT = {"staff", "staff_authenticator", "erasure", "locked_invoice"}
JOBS = ("erase", "delete removed cards", "erase", "send mail", "forget expired", "purge mail", "empty logs")


@pytest.fixture
def canary(app: Flask, caro: Customer) -> Iterator[Canary]:
    """Everything that can be held about somebody who does not work here, and whose order and question are finished."""
    with app.app_context():
        open_connection()
        planted = plant(caro)
        for model in (Erasure, LockedInvoice, planted.rows_by_name("staff").__class__):
            model.delete().execute()
        long_ago = clock.now() - timedelta(days=settings().return_days + 1)
        Order.update(state=OrderState.SHIPPED, shipped_at=long_ago, placed_at=long_ago, customer=caro.id).execute()
        Payment.update(state=PaymentState.SETTLED).execute()
        Case.update(closed_at=clock.now()).execute()
        index_name(caro, THEIR_NAME)
        yield planted


def sealed_bytes(canary: Canary) -> dict[tuple[str, str], tuple[str, bytes]]:
    """What stands in each planted column as a backup has it, with the key that opened it."""
    found = {}
    for model, row in canary.rows.items():
        for column in model._meta.sorted_fields:
            if isinstance(column, Sealed) and model._meta.table_name not in KEPT:
                found[model._meta.table_name, column.name] = (row.subject, bytes(row.__data__[column.name]))
    return found


def traces(canary: Canary) -> dict[str, bytes]:
    """Their texts, and the hashes that would still find them."""
    texts = {
        f"{table}.{column}": text.encode() for (table, column), text in canary.planted.items() if table not in KEPT
    }
    emails = {text for (_, column), text in canary.planted.items() if "email" in column}
    hashes = {f"index of {email}": blind("email", email) or b"?" for email in emails}
    words = {f"index of {word}": hashed("name", word) for word in name_words(THEIR_NAME)}
    return {**texts, **hashes, **words}


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file of the shop's data folder, but the folder that stands in for people's own mailboxes."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.parent.name != "mail"
    }


def dumped(url: str) -> bytes:
    """All rows of all tables of a PostgreSQL database, as text, bytes as they are and in hexadecimal."""
    found = bytearray()
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            copy = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))
            with connection.cursor().copy(copy) as rows:
                for piece in rows:
                    found += bytes(piece)
    return bytes(found)


def everything_kept() -> dict[str, bytes]:
    kept = files_of(settings().shop_instance)
    for name, url in (("data", settings().database_url), ("keys", settings().keys_url)):
        if url:
            kept[name] = dumped(url)
    return kept


def found_in(kept: dict[str, bytes], wanted: dict[str, bytes]) -> list[str]:
    return [
        f"{name} in {place}"
        for place, content in kept.items()
        for name, trace in wanted.items()
        if trace in content or trace.hex().encode() in content
    ]


def forget(canary: Canary) -> Erasure:
    person = Person(canary.person.customer, canary.person.email)
    erasure = request_erasure(person=person, plan_hash=plan_for(person).hash)
    Erasure.update(due_at=clock.now() - timedelta(minutes=1)).execute()
    for job in JOBS:
        assert run_job(job), job
    return Erasure.get_by_id(erasure.id)


@pytest.mark.promise("P23", "P22")
def test_no_byte_of_theirs_is_left_and_no_backup_can_bring_it_back(
    app: Flask, canary: Canary, caplog: pytest.LogCaptureFixture, practice_gateway: object
) -> None:
    caplog.set_level(logging.INFO)
    before = sealed_bytes(canary)
    assert len(before) > 60
    assert any("index of" in found for found in found_in(everything_kept(), traces(canary)))
    make_backup(BackupKind.DATA)
    assert forget(canary).state == ErasureState.DONE
    vault.empty_logs()
    assert found_in(everything_kept(), traces(canary)) == []
    said = " ".join(f"{record.getMessage()} {record.__dict__.get('fields', '')}" for record in caplog.records)
    assert [name for name, trace in traces(canary).items() if trace.decode(errors="replace") in said] == []
    # What a backup has are these bytes, and no key opens them any more.
    readable = [place for place, (subject, _) in before.items() if destroyed_at(subject) is None]
    assert readable == []


@pytest.mark.promise("P23")
def test_no_row_of_theirs_can_be_read_any_more(app: Flask, canary: Canary, practice_gateway: object) -> None:
    forget(canary)
    readable = []
    for model in sealed_models():
        if model.__module__.startswith("shop.") and model._meta.table_name not in KEPT:
            columns = [column.name for column in model._meta.sorted_fields if isinstance(column, Sealed)]
            values = [(row, name, getattr(row, name)) for row in model.select() for name in columns]
            readable += [(row, name) for row, name, value in values if value is not None and value is not REMOVED]
    assert readable == []


@pytest.mark.promise("P23")
def test_the_only_mail_left_is_the_receipt_in_their_own_mailbox(
    app: Flask, canary: Canary, practice_gateway: object
) -> None:
    Mail.update(state="queued").execute()
    run_job("send mail")
    assert len(list((settings().shop_instance / "mail").glob("*.eml"))) == 1
    forget(canary)
    (receipt,) = (settings().shop_instance / "mail").glob("*.eml")
    assert b"Your data is removed" in receipt.read_bytes()
    assert "canary mail" not in receipt.read_text()


@pytest.mark.promise("P23")
def test_the_export_leaves_nothing_behind(app: Flask, canary: Canary, caros: ShopClient) -> None:
    for kind in ("json", "zip"):
        assert caros.submit("/my-data", action=f"/my-data/export.{kind}").status_code == 200
    texts = {name: trace for name, trace in traces(canary).items() if "index of" not in name}
    assert found_in(everything_kept(), texts) == []


def test_what_is_found_would_be_found(app: Flask, canary: Canary) -> None:
    """A search that finds nothing must have been able to."""
    name = secrets.token_hex(8)
    (settings().shop_instance / "leftover.json").write_text(f'{{"name": "{name}"}}')
    assert found_in(everything_kept(), {"planted": name.encode()}) == ["planted in leftover.json"]
