"""Products whose search text is to be written anew, so that renaming a section holds nobody up."""

from __future__ import annotations

from peewee import Database
from playhouse.migrate import SchemaMigrator, SqliteMigrator

SQLITE, POSTGRESQL = "INTEGER NOT NULL PRIMARY KEY", "SERIAL NOT NULL PRIMARY KEY"


def up(migrator: SchemaMigrator, db: Database) -> None:
    number = SQLITE if isinstance(migrator, SqliteMigrator) else POSTGRESQL
    db.execute_sql(  # type: ignore[no-untyped-call]
        f'CREATE TABLE "search_waiting" ("id" {number}, "product_id" INTEGER NOT NULL,'
        ' FOREIGN KEY ("product_id") REFERENCES "product" ("id") ON DELETE CASCADE)'
    )
    db.execute_sql('CREATE UNIQUE INDEX "search_waiting_product_id" ON "search_waiting" ("product_id")')  # type: ignore[no-untyped-call]
