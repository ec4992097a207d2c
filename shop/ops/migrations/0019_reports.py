"""Days summed up for the reports, and the triggers that tell which of them have changed since."""

from __future__ import annotations

from pathlib import Path

from peewee import AutoField, BigIntegerField, Database, DateField, DateTimeField, IntegerField, Model, TextField
from playhouse.migrate import SchemaMigrator, SqliteMigrator


def up(migrator: SchemaMigrator, db: Database) -> None:
    db.create_tables(_tables(db))
    dialect = "sqlite" if isinstance(migrator, SqliteMigrator) else "postgresql"
    for statement in Path(__file__).with_suffix(f".{dialect}.sql").read_text().split(";\n\n"):
        if statement.strip():
            db.execute_sql(statement)  # type: ignore[no-untyped-call]


def _tables(db: Database) -> list[type[Model]]:
    class Table(Model):
        id = AutoField()

        class Meta:
            database = db
            legacy_table_names = False

    class ReportMark(Table):
        at = DateTimeField(index=True)

    class ReportVisit(Table):
        kind = TextField()
        at = DateTimeField()
        quantity = IntegerField()

        class Meta:
            indexes = ((("kind", "at"), False),)

    class ReportZone(Table):
        zone = TextField(unique=True)

    class ReportDay(Table):
        day = DateField()
        currency = TextField()
        kind = TextField()
        name = TextField()
        detail = TextField()
        place = TextField()
        rate_ppm = IntegerField()
        orders = IntegerField()
        pieces = IntegerField()
        goods_cents = BigIntegerField()
        discount_cents = BigIntegerField()
        delivery_cents = BigIntegerField()
        tax_cents = BigIntegerField()
        total_cents = BigIntegerField()
        back_count = IntegerField()
        back_pieces = IntegerField()
        back_cents = BigIntegerField()
        back_tax_cents = BigIntegerField()

        class Meta:
            indexes = ((("kind", "day"), False), (("day",), False))

    return [ReportMark, ReportVisit, ReportZone, ReportDay]
