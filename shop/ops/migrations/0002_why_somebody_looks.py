"""Why a member of staff opens something of a customer's, for a day."""

from __future__ import annotations

from typing import Any

from peewee import AutoField, Database, DateTimeField, ForeignKeyField, IntegerField, Model, TextField
from playhouse.migrate import SchemaMigrator


def up(_migrator: SchemaMigrator, db: Database) -> None:
    class Frozen(Model):
        id = AutoField()

        class Meta:
            database = db
            legacy_table_names = False

    class Staff(Frozen):
        pass

    class Look(Frozen):
        staff: Any = ForeignKeyField(Staff, on_delete="CASCADE")
        day = TextField()
        about_kind = TextField()
        about_id = IntegerField()
        reason = TextField()
        at = DateTimeField()
        opened_at = DateTimeField(null=True)

        class Meta:
            indexes = ((("staff", "day", "about_kind", "about_id"), True),)

    db.create_tables([Look])
