"""What the last examination found, and the alarms of orders by when they were raised."""

from __future__ import annotations

from peewee import AutoField, BooleanField, Database, DateTimeField, Model, TextField
from playhouse.migrate import SchemaMigrator


def up(migrator: SchemaMigrator, db: Database) -> None:
    class HealthFinding(Model):
        id = AutoField()
        name = TextField(unique=True)
        is_well = BooleanField()
        says = TextField()
        advice = TextField()
        looked_at = DateTimeField()

        class Meta:
            database = db
            legacy_table_names = False

    db.create_tables([HealthFinding])
    db.execute_sql(  # type: ignore[no-untyped-call]
        'CREATE INDEX "order_event_alarms" ON "order_event" ("at")'
        " WHERE kind IN ('alarm', 'refund failed', 'payment not settled')"
    )
