"""The tables as they were at the first release, as SQL that later changes to the models do not touch."""

from __future__ import annotations

from pathlib import Path

from peewee import Database
from playhouse.migrate import SchemaMigrator, SqliteMigrator


def up(migrator: SchemaMigrator, db: Database) -> None:
    dialect = "sqlite" if isinstance(migrator, SqliteMigrator) else "postgresql"
    for statement in Path(__file__).with_suffix(f".{dialect}.sql").read_text().split(";\n"):
        if statement:
            db.execute_sql(statement)  # type: ignore[no-untyped-call]
