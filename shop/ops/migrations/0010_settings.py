"""What the owner chooses at the desk: settings, and the shop's own words in its mails."""

from __future__ import annotations

from peewee import Database
from playhouse.migrate import SchemaMigrator, SqliteMigrator

TABLES = """
CREATE TABLE "chosen_setting" ("id" {id}, "name" TEXT NOT NULL, "value" TEXT NOT NULL, "changed_at" {moment} NOT NULL);
CREATE UNIQUE INDEX "chosen_setting_name" ON "chosen_setting" ("name")
"""
SQLITE = {"id": "INTEGER NOT NULL PRIMARY KEY", "moment": "DATETIME"}
POSTGRESQL = {"id": "SERIAL NOT NULL PRIMARY KEY", "moment": "TIMESTAMP"}


def up(migrator: SchemaMigrator, db: Database) -> None:
    words = SQLITE if isinstance(migrator, SqliteMigrator) else POSTGRESQL
    for statement in TABLES.strip().format(**words).split(";\n"):
        db.execute_sql(statement)  # type: ignore[no-untyped-call]
