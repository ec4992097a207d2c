"""Forms that are being carried out, or were a moment ago, so that one sent twice is carried out once."""

from __future__ import annotations

from peewee import Database
from playhouse.migrate import SchemaMigrator, SqliteMigrator

SQLITE = ("INTEGER NOT NULL PRIMARY KEY", "BLOB", "DATETIME", "INTEGER")
POSTGRESQL = ("SERIAL NOT NULL PRIMARY KEY", "BYTEA", "TIMESTAMP", "BOOLEAN")


def up(migrator: SchemaMigrator, db: Database) -> None:
    number, blob, moment, boolean = SQLITE if isinstance(migrator, SqliteMigrator) else POSTGRESQL
    db.execute_sql(  # type: ignore[no-untyped-call]
        f'CREATE TABLE "form_sent" ("id" {number}, "digest" {blob} NOT NULL, "begun_at" {moment} NOT NULL,'
        f' "done_at" {moment}, "location" {blob}, "is_for_all" {boolean} NOT NULL)'
    )
    for index, column in (("UNIQUE INDEX", "digest"), ("INDEX", "begun_at")):
        db.execute_sql(f'CREATE {index} "form_sent_{column}" ON "form_sent" ("{column}")')  # type: ignore[no-untyped-call]
