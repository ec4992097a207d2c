"""Imports of products: the uploaded file, what it would do, and what became of each product."""

from __future__ import annotations

from peewee import Database
from playhouse.migrate import SchemaMigrator, SqliteMigrator

TABLES = """
CREATE TABLE "import" ("id" {id}, "step" TEXT NOT NULL, "file_name" TEXT NOT NULL, "size" INTEGER NOT NULL,
  "staff_id" INTEGER NOT NULL, "format" TEXT NOT NULL, "encoding" TEXT NOT NULL, "delimiter" TEXT NOT NULL,
  "not_taken" TEXT NOT NULL, "total" INTEGER NOT NULL, "done" INTEGER NOT NULL, "plan_hash" TEXT NOT NULL,
  "confirmed" TEXT NOT NULL, "confirmed_by" INTEGER, "is_overtaken" {boolean} NOT NULL, "created_at" {moment} NOT NULL,
  "planned_at" {moment}, "applied_at" {moment}, "undone_at" {moment});
CREATE INDEX "import_step" ON "import" ("step");
CREATE INDEX "import_created_at" ON "import" ("created_at");
CREATE TABLE "import_part" ("id" {id}, "imported_id" INTEGER NOT NULL, "number" INTEGER NOT NULL,
  "content" {blob} NOT NULL, FOREIGN KEY ("imported_id") REFERENCES "import" ("id") ON DELETE CASCADE);
CREATE INDEX "import_part_imported_id" ON "import_part" ("imported_id");
CREATE UNIQUE INDEX "import_part_imported_id_number" ON "import_part" ("imported_id", "number");
CREATE TABLE "import_item" ("id" {id}, "imported_id" INTEGER NOT NULL, "number" INTEGER NOT NULL,
  "row" INTEGER NOT NULL, "name" TEXT NOT NULL, "slug" TEXT NOT NULL, "outcome" TEXT NOT NULL, "fate" TEXT NOT NULL,
  "why" TEXT NOT NULL, "product_id" INTEGER, "changes" TEXT NOT NULL, "made" TEXT NOT NULL, "pictures" TEXT NOT NULL,
  FOREIGN KEY ("imported_id") REFERENCES "import" ("id") ON DELETE CASCADE);
CREATE INDEX "import_item_imported_id" ON "import_item" ("imported_id");
CREATE INDEX "import_item_slug" ON "import_item" ("slug");
CREATE UNIQUE INDEX "import_item_imported_id_number" ON "import_item" ("imported_id", "number");
CREATE INDEX "import_item_imported_id_outcome_number" ON "import_item" ("imported_id", "outcome", "number");
CREATE INDEX "import_item_imported_id_fate_number" ON "import_item" ("imported_id", "fate", "number");
CREATE TABLE "import_problem" ("id" {id}, "imported_id" INTEGER NOT NULL, "row" INTEGER NOT NULL,
  "column" TEXT NOT NULL, "text" TEXT NOT NULL, "fix" TEXT NOT NULL, "is_error" {boolean} NOT NULL,
  FOREIGN KEY ("imported_id") REFERENCES "import" ("id") ON DELETE CASCADE);
CREATE INDEX "import_problem_imported_id" ON "import_problem" ("imported_id");
CREATE INDEX "import_problem_imported_id_is_error_row" ON "import_problem" ("imported_id", "is_error", "row");
CREATE TABLE "import_place" ("id" {id}, "imported_id" INTEGER NOT NULL, "is_section" {boolean} NOT NULL,
  "place_id" INTEGER NOT NULL, FOREIGN KEY ("imported_id") REFERENCES "import" ("id") ON DELETE CASCADE);
CREATE INDEX "import_place_imported_id" ON "import_place" ("imported_id")
"""
SQLITE = {"id": "INTEGER NOT NULL PRIMARY KEY", "moment": "DATETIME", "boolean": "INTEGER", "blob": "BLOB"}
POSTGRESQL = {"id": "SERIAL NOT NULL PRIMARY KEY", "moment": "TIMESTAMP", "boolean": "BOOLEAN", "blob": "BYTEA"}


def up(migrator: SchemaMigrator, db: Database) -> None:
    words = SQLITE if isinstance(migrator, SqliteMigrator) else POSTGRESQL
    for statement in TABLES.strip().format(**words).split(";\n"):
        db.execute_sql(statement)  # type: ignore[no-untyped-call]
