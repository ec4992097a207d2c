"""The register of recipients, the register of paper, and prints and repeated hand-overs among the disclosures."""

from __future__ import annotations

from peewee import BooleanField, Check, Database, DateTimeField, IntegerField, Model, TextField
from playhouse.migrate import SchemaMigrator, SqliteMigrator

RECIPIENTS = "recipient IN ('carrier', 'manufacturer', 'payment_processor', 'authority', 'paper')"
PURPOSES = "purpose IN ('payment', 'delivery', 'manufacture', 'law')"

# SQLite cannot change a constraint: the table is made anew.
ON_SQLITE = (
    'ALTER TABLE "disclosure" RENAME TO "disclosure_before"',
    'DROP INDEX "disclosure_about_kind_about_id_id"',
    'CREATE TABLE "disclosure" ("id" INTEGER NOT NULL PRIMARY KEY, "about_kind" TEXT NOT NULL, '
    '"about_id" INTEGER NOT NULL, '
    f'"recipient" TEXT NOT NULL CHECK ({RECIPIENTS}), "who" TEXT NOT NULL, "fields" TEXT NOT NULL, '
    f'"purpose" TEXT NOT NULL CHECK ({PURPOSES}), "agreement" TEXT NOT NULL, "reason" TEXT NOT NULL, '
    '"by" TEXT NOT NULL, "at" DATETIME NOT NULL)',
    'INSERT INTO "disclosure" ("id", "about_kind", "about_id", "recipient", "who", "fields", "purpose", "agreement", '
    '"reason", "by", "at") SELECT "id", "about_kind", "about_id", "recipient", "who", "fields", "purpose", '
    """"agreement", '', "by", "at" FROM "disclosure_before\"""",
    'DROP TABLE "disclosure_before"',
    'CREATE INDEX "disclosure_about_kind_about_id_id" ON "disclosure" ("about_kind", "about_id", "id")',
)
ON_POSTGRESQL = (
    'ALTER TABLE "disclosure" DROP CONSTRAINT "disclosure_recipient_check"',
    f'ALTER TABLE "disclosure" ADD CONSTRAINT "disclosure_recipient_check" CHECK ({RECIPIENTS})',
    """ALTER TABLE "disclosure" ADD COLUMN "reason" TEXT NOT NULL DEFAULT ''""",
    'ALTER TABLE "disclosure" ALTER COLUMN "reason" DROP DEFAULT',
)
KINDS = "kind IN ('carrier', 'manufacturer', 'payment_processor', 'authority')"
DOCUMENTS = "document IN ('packing-slip', 'label', 'route-sheet', 'copy', 'letter', 'identity', 'form', 'other')"
ENDS = (
    "(closed_at IS NULL AND closed_by IS NULL AND how = '') OR (closed_at IS NOT NULL AND closed_by IS NOT NULL AND "
    "how IN ('shredded', 'with-parcel', 'handed-back', 'by-a-firm'))"
)


class RegisteredRecipient(Model):
    code = TextField(unique=True)
    name = TextField(constraints=[Check("TRIM(name) <> ''")])
    kind = TextField(constraints=[Check(KINDS)])
    agreed_at = DateTimeField(null=True)
    agreement = TextField()
    ships_direct = BooleanField()
    fields = TextField()
    created_at = DateTimeField()
    ended_at = DateTimeField(null=True)

    class Meta:
        legacy_table_names = False


class PaperRecord(Model):
    document = TextField(constraints=[Check(DOCUMENTS)])
    about_kind = TextField()
    about_id = IntegerField()
    batch = TextField(index=True)
    location = TextField(constraints=[Check("TRIM(location) <> ''")])
    keyholder = IntegerField()
    made_at = DateTimeField()
    made_by = IntegerField()
    destroy_by = DateTimeField()
    out_at = DateTimeField(null=True)
    out_by = IntegerField(null=True)
    closed_at = DateTimeField(null=True)
    closed_by = IntegerField(null=True)
    how = TextField()

    class Meta:
        legacy_table_names = False
        constraints = (Check(ENDS),)
        indexes = ((("about_kind", "about_id", "id"), False), (("closed_at", "destroy_by", "id"), False))


def up(migrator: SchemaMigrator, db: Database) -> None:
    for statement in ON_SQLITE if isinstance(migrator, SqliteMigrator) else ON_POSTGRESQL:
        db.execute_sql(statement)  # type: ignore[no-untyped-call]
    with db.bind_ctx([RegisteredRecipient, PaperRecord]):
        db.create_tables([RegisteredRecipient, PaperRecord], safe=False)
