"""The desk's list of orders: promised days, what needs a look, what is done; tallies, steps for many, saved views."""

from __future__ import annotations

from peewee import (
    BooleanField,
    Database,
    DateField,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)
from playhouse.migrate import SchemaMigrator, SqliteMigrator

INDICES = (
    'CREATE INDEX "order_created_at_id" ON "order" ("created_at", "id")',
    'CREATE INDEX "order_total_cents_id" ON "order" ("total_cents", "id")',
    'CREATE INDEX "order_state_created_at_id" ON "order" ("state", "created_at", "id")',
    'CREATE INDEX "order_state_total_cents_id" ON "order" ("state", "total_cents", "id")',
    'CREATE INDEX "order_state_deliver_on" ON "order" ("state", "deliver_on")',
    'CREATE INDEX "order_delivery_code_created_at_id" ON "order" ("delivery_code", "created_at", "id")',
    'CREATE INDEX "order_tax_country_created_at_id" ON "order" ("tax_country", "created_at", "id")',
    'CREATE INDEX "order_discount_code_created_at_id" ON "order" ("discount_code", "created_at", "id")',
    'CREATE INDEX "order_with_note" ON "order" ("created_at", "id") WHERE has_note',
    'CREATE INDEX "order_needs_look_created_at_id" ON "order" ("needs_look", "created_at", "id")',
    'CREATE INDEX "order_refunded" ON "order" ("created_at", "id") WHERE refunded_cents > 0',
    'CREATE INDEX "order_number_begins" ON "order" (SUBSTR("number", 1, 4))',
    'CREATE INDEX "order_number_ends" ON "order" (SUBSTR("number", 6))',
    'CREATE INDEX "order_line_sku" ON "order_line" ("sku")',
    'CREATE INDEX "refund_state" ON "refund" ("state")',
)
# Refunds that failed and were not tried again, and what else raised an alarm, wait for a look.
LOOK = (
    'UPDATE "order" SET needs_look = TRUE WHERE id IN (SELECT order_id FROM order_event'
    " WHERE kind IN ('alarm', 'payment not settled')) OR id IN (SELECT order_id FROM refund WHERE state = 'failed')"
)


def up(migrator: SchemaMigrator, db: Database) -> None:
    is_sqlite = isinstance(migrator, SqliteMigrator)
    no, moment = ("0", "DATETIME") if is_sqlite else ("FALSE", "TIMESTAMP")
    flag = "INTEGER" if is_sqlite else "BOOLEAN"
    for statement in (
        f'ALTER TABLE "order" ADD COLUMN "needs_look" {flag} NOT NULL DEFAULT {no}',
        'ALTER TABLE "order" ADD COLUMN "deliver_on" DATE',
        f'ALTER TABLE "order" ADD COLUMN "done_at" {moment}',
        'ALTER TABLE "delivery_method" ADD COLUMN "weekdays" TEXT NOT NULL DEFAULT \'\'',
        'ALTER TABLE "delivery_method" ADD COLUMN "lead_days" INTEGER NOT NULL DEFAULT 1 CHECK (lead_days >= 0)',
        'DROP INDEX "order_state_id"',
        *INDICES,
        LOOK,
    ):
        db.execute_sql(statement)  # type: ignore[no-untyped-call]
    _create_tables(db)


def _create_tables(db: Database) -> None:
    class Table(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Order(Table):
        pass

    class Staff(Table):
        pass

    class OrderTally(Table):
        state = TextField()
        needs_look = BooleanField()
        deliver_on = DateField(null=True)
        count = IntegerField()

    class BulkAction(Table):
        token = TextField(unique=True)
        staff_id = IntegerField()
        step = TextField()
        at = DateTimeField(index=True)
        undo_until = DateTimeField()

    class BulkItem(Table):
        action = ForeignKeyField(BulkAction, on_delete="CASCADE")
        order = ForeignKeyField(Order, on_delete="CASCADE")
        outcome = TextField()
        reason = TextField()
        revision = IntegerField()
        before = TextField()
        written = TextField()

        class Meta:
            indexes = ((("action", "order"), True),)

    class SavedView(Table):
        staff = ForeignKeyField(Staff, on_delete="CASCADE")
        name = TextField()
        state = TextField()
        created_at = DateTimeField()

    db.create_tables([OrderTally, BulkAction, BulkItem, SavedView])
