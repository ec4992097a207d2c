"""The migrations make just the tables that the models describe."""

from __future__ import annotations

import subprocess
import sys
from subprocess import PIPE, STDOUT

import peewee
import pytest
from flask import Flask
from playhouse.schema_diff import diff_models

from shop.config import ROOT, settings
from shop.db import BaseModel, db, is_sqlite
from shop.ops.models import all_models
from shop.ops.schema import SCRIPTS, migrate, migrate_to, pending
from shop.vault.store import Secret, SubjectKey, keys_db
from tests.support.shops import disconnect, environment_of


def tables() -> list[type[BaseModel]]:
    """Those described by fields; the search index writes its own SQL for each database."""
    return [model for model in all_models() if "create_table" not in vars(model)]


def test_the_migrated_tables_are_those_of_the_models(app: Flask) -> None:
    assert not str(diff_models(db.obj, tables()))


def test_no_table_is_there_without_a_model(app: Flask) -> None:
    known = {model._meta.table_name for model in all_models()} | {"schema_migration"}
    assert {name for name in db.get_tables() if name not in known and not name.startswith("product_text")} == set()


def test_columns_agree_in_kind_and_in_whether_they_may_be_empty(app: Flask) -> None:
    wrong = []
    for model in tables():
        may_be_empty = {column.name: column.null for column in db.get_columns(model._meta.table_name)}
        for field in model._meta.sorted_fields:
            if may_be_empty[field.column_name] != field.null and not field.primary_key:
                wrong.append(f"{model._meta.table_name}.{field.column_name}")
    assert wrong == []


def test_migrating_again_does_nothing(app: Flask) -> None:
    assert pending() == []
    assert migrate() == []


def test_of_two_migrations_at_once_one_waits_and_finds_nothing_to_do(app: Flask) -> None:
    db.drop_tables(all_models(), cascade=not is_sqlite())
    db.execute_sql("DROP TABLE schema_migration")
    with keys_db.connection_context():
        keys_db.drop_tables([SubjectKey, Secret])
    disconnect()
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "shop", "migrate"]
    environment = environment_of(settings())
    both = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=PIPE, stderr=STDOUT, text=True) for _ in range(2)
    ]
    said = sorted(process.communicate()[0] for process in both)
    assert [process.returncode for process in both] == [0, 0], said
    names = sorted(script.stem for script in SCRIPTS.glob("0*.py"))
    assert said == ["Nothing to apply.\n", "".join(f"applied {name}\n" for name in names)]


def test_rows_from_before_the_ways_of_telling_us_were_apart_say_just_that(app: Flask) -> None:
    db.drop_tables(all_models(), cascade=not is_sqlite())
    db.execute_sql("DROP TABLE schema_migration")
    migrate_to("0019_reports")
    moment = "'2026-01-01 09:00:00'"
    for number, source in enumerate(("staff_by_phone", "letter", "self")):
        db.execute_sql(
            "INSERT INTO customer (subject, source, password_hash, created_at, seen_at, confirmed_at)"
            f" VALUES ('s{number}', '{source}', '', {moment}, {moment}, {moment})"
        )
    migrate()
    rows = db.execute_sql("SELECT source FROM customer ORDER BY id").fetchall()
    assert [source for (source,) in rows] == ["told", "written", "self"]
    db.execute_sql("UPDATE customer SET source = 'in_shop'")
    with pytest.raises(peewee.IntegrityError):
        db.execute_sql("UPDATE customer SET source = 'hearsay'")
