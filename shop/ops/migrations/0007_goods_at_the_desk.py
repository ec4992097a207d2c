"""What the desk needs for its goods: versions, low stock, price history, pictures under way, old addresses."""

from __future__ import annotations

from peewee import Database
from playhouse.migrate import SchemaMigrator, SqliteMigrator

# The moment stands in the new column only until the next statement.
COLUMNS = """
ALTER TABLE "product" ADD COLUMN "low_at" INTEGER;
ALTER TABLE "product" ADD COLUMN "version" INTEGER NOT NULL DEFAULT 1;
ALTER TABLE "product" ADD COLUMN "changed_at" {moment} NOT NULL DEFAULT '2020-01-01 00:00:00';
UPDATE "product" SET "changed_at" = "created_at";
ALTER TABLE "product_collection" ADD COLUMN "rank" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "variant" ADD COLUMN "lowest_before_cents" {bigint};
ALTER TABLE "picture" ADD COLUMN "needs_alt" BOOLEAN NOT NULL DEFAULT {false};
ALTER TABLE "stock_movement" ADD COLUMN "by" TEXT NOT NULL DEFAULT 'shop';
CREATE INDEX "product_changed_at_id" ON "product" ("changed_at", "id")
"""
TABLES = """
CREATE TABLE "picture_upload" ("id" {id}, "product_id" INTEGER NOT NULL, "file" TEXT NOT NULL, "state" TEXT NOT NULL,
  "problem" TEXT NOT NULL, "tries" INTEGER NOT NULL, "due_at" {moment} NOT NULL, "by" TEXT NOT NULL,
  FOREIGN KEY ("product_id") REFERENCES "product" ("id") ON DELETE CASCADE);
CREATE INDEX "picture_upload_product_id" ON "picture_upload" ("product_id");
CREATE UNIQUE INDEX "picture_upload_file" ON "picture_upload" ("file");
CREATE INDEX "picture_upload_state" ON "picture_upload" ("state");
CREATE TABLE "old_slug" ("id" {id}, "kind" TEXT NOT NULL, "within" INTEGER NOT NULL, "slug" TEXT NOT NULL,
  "target" INTEGER NOT NULL);
CREATE UNIQUE INDEX "old_slug_kind_within_slug" ON "old_slug" ("kind", "within", "slug");
CREATE INDEX "old_slug_kind_target" ON "old_slug" ("kind", "target");
CREATE TABLE "price_change" ("id" {id}, "variant_id" INTEGER NOT NULL, "price_cents" {bigint} NOT NULL,
  "compare_at_cents" {bigint}, "at" {moment} NOT NULL, "by" TEXT NOT NULL,
  FOREIGN KEY ("variant_id") REFERENCES "variant" ("id") ON DELETE CASCADE);
CREATE INDEX "price_change_variant_id" ON "price_change" ("variant_id");
CREATE INDEX "price_change_variant_id_at_id" ON "price_change" ("variant_id", "at", "id");
CREATE TABLE "product_edit" ("id" {id}, "product_id" INTEGER NOT NULL, "version" INTEGER NOT NULL,
  "fields" TEXT NOT NULL, "at" {moment} NOT NULL, "by" TEXT NOT NULL,
  FOREIGN KEY ("product_id") REFERENCES "product" ("id") ON DELETE CASCADE);
CREATE INDEX "product_edit_product_id" ON "product_edit" ("product_id");
CREATE INDEX "product_edit_product_id_version" ON "product_edit" ("product_id", "version")
"""
SQLITE = {"id": "INTEGER NOT NULL PRIMARY KEY", "moment": "DATETIME", "bigint": "INTEGER", "false": "0"}
POSTGRESQL = {"id": "SERIAL NOT NULL PRIMARY KEY", "moment": "TIMESTAMP", "bigint": "BIGINT", "false": "false"}


def up(migrator: SchemaMigrator, db: Database) -> None:
    words = SQLITE if isinstance(migrator, SqliteMigrator) else POSTGRESQL
    for statement in (COLUMNS.strip() + ";" + TABLES).format(**words).split(";\n"):
        db.execute_sql(statement)  # type: ignore[no-untyped-call]
