"""Orders that staff take, and the ways in which customers tell us something told apart."""

from __future__ import annotations

from typing import Any

from peewee import Database
from playhouse.migrate import SchemaMigrator, SqliteMigrator

OLD, NEW = "'letter', 'gift_sender'", "'letter', 'email', 'in_shop', 'told', 'written', 'gift_sender'"
SOURCES = f"'self', 'staff_by_phone', {NEW}, 'processor', 'shop'"
# Nobody can say any more which of two ways it was.
BEFORE = {"staff_by_phone": "told", "letter": "written"}
RENAME = """UPDATE "{table}" SET source = '{now}' WHERE source = '{before}'"""
# SQLite's tables with the check.
KNOWN = "FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%''staff_by_phone''%'"
SQLITE = {"moment": "DATETIME", "bytes": "BLOB"}
POSTGRESQL = {"moment": "TIMESTAMP", "bytes": "BYTEA"}
STATEMENTS = (
    'ALTER TABLE "order" ADD COLUMN "source" TEXT NOT NULL DEFAULT \'self\' CHECK (source IN ({sources}))',
    'ALTER TABLE "order" ADD COLUMN "taken_by" INTEGER',
    'ALTER TABLE "checkout_draft" ADD COLUMN "taken_by" INTEGER',
    'ALTER TABLE "checkout_draft" ADD COLUMN "told" TEXT CHECK (told IN ({sources}))',
    'ALTER TABLE "checkout_draft" ADD COLUMN "link_hash" {bytes}',
    'ALTER TABLE "checkout_draft" ADD COLUMN "sent_at" {moment}',
    'ALTER TABLE "checkout_draft" ADD COLUMN "link_ends_at" {moment}',
    'ALTER TABLE "checkout_draft" ADD COLUMN "opened_at" {moment}',
    'CREATE UNIQUE INDEX "checkout_draft_link_hash" ON "checkout_draft" ("link_hash")',
    'CREATE INDEX "checkout_draft_taken_by" ON "checkout_draft" ("taken_by")',
)


def up(migrator: SchemaMigrator, db: Database) -> None:
    is_sqlite = isinstance(migrator, SqliteMigrator)
    tables = _widened_on_sqlite(db) if is_sqlite else _widened_on_postgresql(db)
    for table in tables:
        for before, now in BEFORE.items():
            _run(db, RENAME.format(table=table, before=before, now=now))
    for statement in STATEMENTS:
        _run(db, statement.format(sources=SOURCES, **(SQLITE if is_sqlite else POSTGRESQL)))


def _widened_on_sqlite(db: Database) -> list[str]:
    """SQLite changes a table's check by its text alone, as its documentation of ALTER TABLE says: no row is touched."""
    tables = [name for (name,) in _run(db, f"SELECT name {KNOWN}").fetchall()]
    ((version,),) = _run(db, "PRAGMA schema_version").fetchall()
    _run(db, "PRAGMA writable_schema = ON")
    changed = "UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE type = 'table'"
    _run(db, changed, (OLD, NEW))
    _run(db, f"PRAGMA schema_version = {version + 1}")
    _run(db, "PRAGMA writable_schema = RESET")
    return tables


def _widened_on_postgresql(db: Database) -> list[str]:
    found = _run(
        db,
        "SELECT conrelid::regclass::text, conname FROM pg_constraint"
        " WHERE contype = 'c' AND pg_get_constraintdef(oid) LIKE '%%staff_by_phone%%'",
    ).fetchall()
    for table, name in found:
        _run(db, f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        _run(db, f'ALTER TABLE {table} ADD CONSTRAINT "{name}" CHECK (source IN ({SOURCES}))')
    return [table.strip('"') for table, _ in found]


def _run(db: Database, statement: str, values: tuple[str, ...] = ()) -> Any:
    return db.execute_sql(statement, values or None)  # type: ignore[no-untyped-call]
