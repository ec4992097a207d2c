"""Whether the goods of cancelled orders go back on the shelf, and the index for orders that staff took."""

from __future__ import annotations

from peewee import BooleanField, Database
from playhouse.migrate import SchemaMigrator, migrate


def up(migrator: SchemaMigrator, db: Database) -> None:
    migrate(migrator.add_column("bulk_action", "restock", BooleanField(default=True)))
    db.execute_sql(  # type: ignore[no-untyped-call]
        'CREATE INDEX "order_taken" ON "order" ("created_at", "id") WHERE taken_by IS NOT NULL'
    )
