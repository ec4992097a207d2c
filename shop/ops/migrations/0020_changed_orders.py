"""Changes to what was ordered, with their payments and refunds, and the stock that waits for them."""

from __future__ import annotations

from peewee import Database
from playhouse.migrate import SchemaMigrator, SqliteMigrator

SQLITE = {"id": "INTEGER", "cents": "INTEGER", "yes_no": "INTEGER", "moment": "DATETIME"}
POSTGRESQL = {"id": "SERIAL", "cents": "BIGINT", "yes_no": "BOOLEAN", "moment": "TIMESTAMP"}
LIVE = "state IN ('sending', 'unknown', 'authorized', 'settling')"
STATEMENTS = (
    'CREATE TABLE "order_edit" ("id" {id} NOT NULL PRIMARY KEY,'
    ' "order_id" INTEGER NOT NULL REFERENCES "order" ("id") ON DELETE CASCADE,'
    ' "state" TEXT NOT NULL, "way" TEXT NOT NULL, "at_revision" INTEGER NOT NULL, "digest" TEXT NOT NULL,'
    ' "before" TEXT NOT NULL, "after" TEXT NOT NULL, "lines" TEXT NOT NULL, "restock" TEXT NOT NULL,'
    ' "difference_cents" {cents} NOT NULL, "source" TEXT NOT NULL, "tells_customer" {yes_no} NOT NULL,'
    ' "staff_id" INTEGER NOT NULL, "created_at" {moment} NOT NULL, "expires_at" {moment}, "decided_at" {moment})',
    'CREATE INDEX "order_edit_order_id" ON "order_edit" ("order_id")',
    'CREATE UNIQUE INDEX "order_edit_order_id_at_revision" ON "order_edit" ("order_id", "at_revision")',
    'CREATE INDEX "order_edit_state_decided_at" ON "order_edit" ("state", "decided_at")',
    'CREATE UNIQUE INDEX "order_edit_one_open" ON "order_edit" ("order_id") WHERE state IN (\'asked\', \'paying\')',
    'CREATE TABLE "edit_hold" ("id" {id} NOT NULL PRIMARY KEY,'
    ' "edit_id" INTEGER NOT NULL REFERENCES "order_edit" ("id") ON DELETE CASCADE,'
    ' "variant_id" INTEGER NOT NULL REFERENCES "variant" ("id") ON DELETE CASCADE,'
    ' "quantity" INTEGER NOT NULL CHECK (quantity > 0), "state" TEXT NOT NULL)',
    'CREATE INDEX "edit_hold_edit_id" ON "edit_hold" ("edit_id")',
    'CREATE INDEX "edit_hold_variant_id" ON "edit_hold" ("variant_id")',
    'CREATE UNIQUE INDEX "edit_hold_edit_id_variant_id" ON "edit_hold" ("edit_id", "variant_id")',
    'ALTER TABLE "payment" ADD COLUMN "edit_id" INTEGER REFERENCES "order_edit" ("id") ON DELETE SET NULL',
    'CREATE INDEX "payment_edit_id" ON "payment" ("edit_id")',
    'DROP INDEX "payment_one_live"',
    f'CREATE UNIQUE INDEX "payment_one_live" ON "payment" ("order_id") WHERE edit_id IS NULL AND {LIVE}',
    f'CREATE UNIQUE INDEX "payment_one_live_of_edit" ON "payment" ("edit_id") WHERE edit_id IS NOT NULL AND {LIVE}',
    'ALTER TABLE "refund" ADD COLUMN "edit_id" INTEGER REFERENCES "order_edit" ("id") ON DELETE SET NULL',
    'CREATE INDEX "refund_edit_id" ON "refund" ("edit_id")',
    'DROP INDEX "refund_order_id_at_revision"',
    'CREATE UNIQUE INDEX "refund_order_id_at_revision_payment_id"'
    ' ON "refund" ("order_id", "at_revision", "payment_id")',
)

# The day on which a change is carried out has other figures then; the order's own triggers see to all its other days.
MARK = (
    'INSERT INTO "report_mark" ("at") SELECT NEW."decided_at" WHERE NEW."decided_at" IS NOT NULL;'
    ' INSERT INTO "report_mark" ("at") SELECT "placed_at" FROM "order" WHERE "id" = NEW."order_id"'
    ' AND "placed_at" IS NOT NULL;'
)
EVENTS = (
    ("report_edit_written", "INSERT"),
    ("report_edit_changed", 'UPDATE OF "state", "decided_at", "before", "after"'),
)


def up(migrator: SchemaMigrator, db: Database) -> None:
    words = SQLITE if isinstance(migrator, SqliteMigrator) else POSTGRESQL
    for statement in STATEMENTS:
        db.execute_sql(statement.format(**words))  # type: ignore[no-untyped-call]
    for name, event in EVENTS:
        after = f'AFTER {event} ON "order_edit"'
        if words is SQLITE:
            db.execute_sql(f'CREATE TRIGGER "{name}" {after} BEGIN {MARK} END')  # type: ignore[no-untyped-call]
            continue
        made = f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$"
        db.execute_sql(f"{made} BEGIN {MARK} RETURN NULL; END $$")  # type: ignore[no-untyped-call]
        db.execute_sql(f'CREATE TRIGGER "{name}" {after} FOR EACH ROW EXECUTE FUNCTION {name}()')  # type: ignore[no-untyped-call]
