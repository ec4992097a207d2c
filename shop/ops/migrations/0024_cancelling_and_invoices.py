"""Cancellations that can be taken back for a while, and printed invoices in the register of paper."""

from __future__ import annotations

from peewee import Database, DateTimeField, TextField
from playhouse.migrate import SchemaMigrator, SqliteMigrator, migrate

DOCUMENTS = (
    "document IN ('packing-slip', 'label', 'route-sheet', 'invoice', 'copy', 'letter', 'identity', 'form', 'other')"
)
ENDS = (
    "(closed_at IS NULL AND closed_by IS NULL AND how = '') OR (closed_at IS NOT NULL AND closed_by IS NOT NULL AND "
    "how IN ('shredded', 'with-parcel', 'handed-back', 'by-a-firm'))"
)
COLUMNS = (
    '"id", "document", "about_kind", "about_id", "batch", "location", "keyholder", "made_at", "made_by", "destroy_by", '
    '"out_at", "out_by", "closed_at", "closed_by", "how"'
)
# SQLite cannot change a constraint: the table is made anew.
ON_SQLITE = (
    'ALTER TABLE "paper_record" RENAME TO "paper_record_before"',
    'DROP INDEX "paper_record_batch"',
    'DROP INDEX "paper_record_about_kind_about_id_id"',
    'DROP INDEX "paper_record_closed_at_destroy_by_id"',
    'CREATE TABLE "paper_record" ("id" INTEGER NOT NULL PRIMARY KEY, '
    f'"document" TEXT NOT NULL CHECK ({DOCUMENTS}), "about_kind" TEXT NOT NULL, "about_id" INTEGER NOT NULL, '
    """"batch" TEXT NOT NULL, "location" TEXT NOT NULL CHECK (TRIM(location) <> ''), "keyholder" INTEGER NOT NULL, """
    '"made_at" DATETIME NOT NULL, "made_by" INTEGER NOT NULL, "destroy_by" DATETIME NOT NULL, "out_at" DATETIME, '
    '"out_by" INTEGER, "closed_at" DATETIME, "closed_by" INTEGER, "how" TEXT NOT NULL, '
    f"CHECK ({ENDS}))",
    f'INSERT INTO "paper_record" ({COLUMNS}) SELECT {COLUMNS} FROM "paper_record_before"',  # noqa: S608
    'DROP TABLE "paper_record_before"',
    'CREATE INDEX "paper_record_batch" ON "paper_record" ("batch")',
    'CREATE INDEX "paper_record_about_kind_about_id_id" ON "paper_record" ("about_kind", "about_id", "id")',
    'CREATE INDEX "paper_record_closed_at_destroy_by_id" ON "paper_record" ("closed_at", "destroy_by", "id")',
)
ON_POSTGRESQL = (
    'ALTER TABLE "paper_record" DROP CONSTRAINT "paper_record_document_check"',
    f'ALTER TABLE "paper_record" ADD CONSTRAINT "paper_record_document_check" CHECK ({DOCUMENTS})',
)


def up(migrator: SchemaMigrator, db: Database) -> None:
    migrate(migrator.add_column("order", "cancel_due_at", DateTimeField(null=True)))
    migrate(migrator.add_column("bulk_action", "reason", TextField(default="")))
    for statement in ON_SQLITE if isinstance(migrator, SqliteMigrator) else ON_POSTGRESQL:
        db.execute_sql(statement)  # type: ignore[no-untyped-call]
