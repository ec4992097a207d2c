"""Disputes about payments, and the gateway's messages that were read."""

from __future__ import annotations

from peewee import Database
from playhouse.migrate import SchemaMigrator, SqliteMigrator

TABLES = """
CREATE TABLE "dispute" ("id" {id}, "order_id" INTEGER NOT NULL, "payment_id" INTEGER NOT NULL,
  "gateway_id" TEXT NOT NULL, "state" TEXT NOT NULL, "reason" TEXT NOT NULL,
  "amount_cents" {bigint} NOT NULL CHECK (amount_cents >= 0),
  "reply_by" DATE, "opened_at" {moment} NOT NULL, "decided_at" {moment},
  FOREIGN KEY ("order_id") REFERENCES "order" ("id") ON DELETE CASCADE,
  FOREIGN KEY ("payment_id") REFERENCES "payment" ("id") ON DELETE CASCADE);
CREATE INDEX "dispute_order_id" ON "dispute" ("order_id");
CREATE INDEX "dispute_payment_id" ON "dispute" ("payment_id");
CREATE UNIQUE INDEX "dispute_gateway_id" ON "dispute" ("gateway_id");
CREATE TABLE "webhook" ("id" {id}, "digest" {blob} NOT NULL, "kind" TEXT NOT NULL, "received_at" {moment} NOT NULL);
CREATE UNIQUE INDEX "webhook_digest" ON "webhook" ("digest")
"""
SQLITE = {"id": "INTEGER NOT NULL PRIMARY KEY", "moment": "DATETIME", "bigint": "INTEGER", "blob": "BLOB"}
POSTGRESQL = {"id": "SERIAL NOT NULL PRIMARY KEY", "moment": "TIMESTAMP", "bigint": "BIGINT", "blob": "BYTEA"}


def up(migrator: SchemaMigrator, db: Database) -> None:
    words = SQLITE if isinstance(migrator, SqliteMigrator) else POSTGRESQL
    for statement in TABLES.strip().format(**words).split(";\n"):
        db.execute_sql(statement)  # type: ignore[no-untyped-call]
