"""The data remembers which key store it was sealed with."""

from __future__ import annotations

from peewee import AutoField, BlobField, Database, Model
from playhouse.migrate import SchemaMigrator


def up(migrator: SchemaMigrator, db: Database) -> None:
    class KeyStoreBond(Model):
        id = AutoField()
        fingerprint = BlobField()

        class Meta:
            database = db
            table_name = "key_store_bond"

    db.create_tables([KeyStoreBond])
