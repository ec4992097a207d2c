"""Which orders are behind each figure of a day; the days are summed up anew by the worker, the newest first."""

from __future__ import annotations

from peewee import (
    BigIntegerField,
    BooleanField,
    Database,
    DateField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)
from playhouse.migrate import SchemaMigrator, SqliteMigrator

# What changed, and the moments whose days change with it.
PLACED = 'SELECT "placed_at" FROM "order" WHERE "id" = {row}."order_id" AND "placed_at" IS NOT NULL'
BACK = (
    'SELECT "decided_at" FROM "refund" WHERE "order_id" = {row}."order_id" AND "decided_at" IS NOT NULL'
    ' UNION ALL SELECT "cancelled_at" FROM "order" WHERE "id" = {row}."order_id" AND "cancelled_at" IS NOT NULL'
)
TRIGGERS = (
    ("report_payment_written", 'INSERT ON "payment"', "NEW", PLACED),
    ("report_payment_changed", 'UPDATE OF state, amount_cents ON "payment"', "NEW", PLACED),
    ("report_payment_deleted", 'DELETE ON "payment"', "OLD", PLACED),
    ("report_refunded_written", 'INSERT ON "refund"', "NEW", PLACED),
    ("report_refunded_changed", 'UPDATE OF state, amount_cents ON "refund"', "NEW", PLACED),
    ("report_refund_line_written", 'INSERT ON "refund_line"', "NEW", BACK),
    ("report_refund_line_changed", 'UPDATE OF refund_id, line_id, quantity ON "refund_line"', "NEW", BACK),
    ("report_refund_line_deleted", 'DELETE ON "refund_line"', "OLD", BACK),
)
NUMBERS = ("orders", "pieces", "back_count", "back_pieces")
CENTS = (
    "goods_cents", "discount_cents", "delivery_cents", "tax_cents", "total_cents", "back_cents", "back_tax_cents",
)  # fmt: skip


def up(migrator: SchemaMigrator, db: Database) -> None:
    is_sqlite = isinstance(migrator, SqliteMigrator)
    run = db.execute_sql
    run('DROP TABLE "report_day"')  # type: ignore[no-untyped-call]
    run('DELETE FROM "report_mark"')  # type: ignore[no-untyped-call]
    run('ALTER TABLE "report_zone" ADD COLUMN "summed_from" DATE')  # type: ignore[no-untyped-call]
    run('DROP INDEX "report_visit_kind_at"')  # type: ignore[no-untyped-call]
    run('CREATE INDEX "report_visit_at_kind_quantity" ON "report_visit" ("at", "kind", "quantity")')  # type: ignore[no-untyped-call]
    db.create_tables(_tables(db))
    run(  # type: ignore[no-untyped-call]
        'CREATE INDEX "report_day_ranking" ON "report_day"'
        ' ("kind", "day", "key_id", "pieces", "back_pieces", "total_cents")'
    )
    for statement in _triggers(is_sqlite):
        run(statement)  # type: ignore[no-untyped-call]


def _triggers(is_sqlite: bool) -> list[str]:
    found = []
    write = 'INSERT INTO "report_mark" ("at")'
    bodies = [(name, event, f"{write} {moments.format(row=row)};", "") for name, event, row, moments in TRIGGERS]
    # Merged rows hold more than one, and change no day.
    visit = f'{write} SELECT NEW."at";'
    bodies.append(("report_visit_written", 'INSERT ON "report_visit"', visit, 'NEW."quantity" = 1'))
    for name, event, body, condition in bodies:
        if is_sqlite:
            when = f" WHEN {condition}" if condition else ""
            found.append(f'CREATE TRIGGER "{name}" AFTER {event}{when} BEGIN {body} END')
        else:
            when = f" WHEN ({condition})" if condition else ""
            made = f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$"
            found.append(f"{made} BEGIN {body} RETURN NULL; END $$")
            found.append(f'CREATE TRIGGER "{name}" AFTER {event} FOR EACH ROW{when} EXECUTE FUNCTION {name}()')
    return found


def _tables(db: Database) -> list[type[Model]]:
    class Table(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class ReportKey(Table):
        currency = TextField()
        kind = TextField()
        name = TextField()
        place = TextField()
        rate_ppm = IntegerField()
        words = TextField()
        named_on = DateField()

        class Meta:
            indexes = ((("name", "kind", "currency", "place", "rate_ppm"), True),)

    class ReportDay(Table):
        day = DateField()
        kind = TextField()
        key = ForeignKeyField(ReportKey, on_delete="CASCADE", index=False)

        class Meta:
            indexes = ((("key", "day"), True), (("day",), False))

    for name in NUMBERS:
        ReportDay._meta.add_field(name, IntegerField())
    for name in CENTS:
        ReportDay._meta.add_field(name, BigIntegerField())

    class ReportPart(Table):
        key = ForeignKeyField(ReportKey, on_delete="CASCADE", index=False)
        is_back = BooleanField()
        day = DateField()
        order_id = IntegerField()

        class Meta:
            indexes = ((("key", "is_back", "day", "order_id"), True), (("day",), False))

    return [ReportKey, ReportDay, ReportPart]
