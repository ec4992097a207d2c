"""What the desk's page of one order needs: parcels and refunds by their pieces, notes, and who has it open."""

from __future__ import annotations

from peewee import Database
from playhouse.migrate import SchemaMigrator, SqliteMigrator

SOURCES = "'self', 'staff_by_phone', 'letter', 'gift_sender', 'processor', 'shop'"
# SQLite's and PostgreSQL's own words, by the names that the statements below have for them.
SQLITE = {"id": "INTEGER", "cents": "INTEGER", "yes_no": "INTEGER", "no": "0", "moment": "DATETIME", "bytes": "BLOB"}
POSTGRESQL = {
    "id": "SERIAL",
    "cents": "BIGINT",
    "yes_no": "BOOLEAN",
    "no": "FALSE",
    "moment": "TIMESTAMP",
    "bytes": "BYTEA",
}
STATEMENTS = (
    'ALTER TABLE "order" ADD COLUMN "revision" INTEGER NOT NULL DEFAULT 0',
    'ALTER TABLE "refund" ADD COLUMN "delivery_cents" {cents} NOT NULL DEFAULT 0',
    'ALTER TABLE "refund" ADD COLUMN "tells_customer" {yes_no} NOT NULL DEFAULT {no}',
    'ALTER TABLE "refund" ADD COLUMN "at_revision" INTEGER',
    'CREATE UNIQUE INDEX "refund_order_id_at_revision" ON "refund" ("order_id", "at_revision")',
    'ALTER TABLE "shipment" ADD COLUMN "at_revision" INTEGER',
    'ALTER TABLE "shipment" ADD COLUMN "delivered_at" {moment}',
    'CREATE UNIQUE INDEX "shipment_order_id_at_revision" ON "shipment" ("order_id", "at_revision")',
    'CREATE TABLE "shipment_line" ("id" {id} NOT NULL PRIMARY KEY,'
    ' "order_id" INTEGER NOT NULL REFERENCES "order" ("id") ON DELETE CASCADE,'
    ' "shipment_id" INTEGER NOT NULL REFERENCES "shipment" ("id") ON DELETE CASCADE,'
    ' "line_id" INTEGER NOT NULL REFERENCES "order_line" ("id") ON DELETE CASCADE,'
    ' "what" TEXT NOT NULL, "quantity" INTEGER NOT NULL CHECK (quantity > 0))',
    'CREATE INDEX "shipment_line_order_id" ON "shipment_line" ("order_id")',
    'CREATE INDEX "shipment_line_shipment_id" ON "shipment_line" ("shipment_id")',
    'CREATE INDEX "shipment_line_line_id" ON "shipment_line" ("line_id")',
    'CREATE UNIQUE INDEX "shipment_line_shipment_id_line_id" ON "shipment_line" ("shipment_id", "line_id")',
    'CREATE TABLE "refund_line" ("id" {id} NOT NULL PRIMARY KEY,'
    ' "order_id" INTEGER NOT NULL REFERENCES "order" ("id") ON DELETE CASCADE,'
    ' "refund_id" INTEGER NOT NULL REFERENCES "refund" ("id") ON DELETE CASCADE,'
    ' "line_id" INTEGER NOT NULL REFERENCES "order_line" ("id") ON DELETE CASCADE,'
    ' "what" TEXT NOT NULL, "quantity" INTEGER NOT NULL CHECK (quantity > 0),'
    ' "amount_cents" {cents} NOT NULL CHECK (amount_cents >= 0),'
    ' "restocked" INTEGER NOT NULL, "kept_back" INTEGER NOT NULL,'
    " CHECK (restocked >= 0 AND restocked <= quantity), CHECK (kept_back >= 0 AND kept_back <= quantity))",
    'CREATE INDEX "refund_line_order_id" ON "refund_line" ("order_id")',
    'CREATE INDEX "refund_line_refund_id" ON "refund_line" ("refund_id")',
    'CREATE INDEX "refund_line_line_id" ON "refund_line" ("line_id")',
    'CREATE UNIQUE INDEX "refund_line_refund_id_line_id" ON "refund_line" ("refund_id", "line_id")',
    'CREATE TABLE "order_note" ("id" {id} NOT NULL PRIMARY KEY, "subject" TEXT NOT NULL,'
    f' "source" TEXT NOT NULL CHECK (source IN ({SOURCES})),'
    ' "order_id" INTEGER NOT NULL REFERENCES "order" ("id") ON DELETE CASCADE, "staff_id" INTEGER NOT NULL,'
    ' "text" {bytes}, "at" {moment} NOT NULL)',
    'CREATE INDEX "order_note_subject" ON "order_note" ("subject")',
    'CREATE INDEX "order_note_order_id" ON "order_note" ("order_id")',
    'CREATE TABLE "order_visit" ("id" {id} NOT NULL PRIMARY KEY,'
    ' "order_id" INTEGER NOT NULL REFERENCES "order" ("id") ON DELETE CASCADE,'
    ' "staff_id" INTEGER NOT NULL REFERENCES "staff" ("id") ON DELETE CASCADE,'
    ' "opened_at" {moment} NOT NULL, "seen_at" {moment} NOT NULL)',
    'CREATE INDEX "order_visit_order_id" ON "order_visit" ("order_id")',
    'CREATE INDEX "order_visit_staff_id" ON "order_visit" ("staff_id")',
    'CREATE INDEX "order_visit_seen_at" ON "order_visit" ("seen_at")',
    'CREATE UNIQUE INDEX "order_visit_order_id_staff_id" ON "order_visit" ("order_id", "staff_id")',
)


def up(migrator: SchemaMigrator, db: Database) -> None:
    words = SQLITE if isinstance(migrator, SqliteMigrator) else POSTGRESQL
    for statement in STATEMENTS:
        db.execute_sql(statement.format(**words))  # type: ignore[no-untyped-call]
