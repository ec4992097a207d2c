"""Parcels that came back, what staff note about a customer, and which single things were removed."""

from __future__ import annotations

from peewee import (
    BlobField,
    Check,
    Database,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)
from playhouse.migrate import SchemaMigrator, migrate


def up(migrator: SchemaMigrator, db: Database) -> None:
    migrate(
        migrator.add_column("shipment", "returned_at", DateTimeField(null=True)),
        migrator.add_column("erasure", "proof", TextField(default="")),
    )
    sources = "'self', 'staff_by_phone', 'letter', 'gift_sender', 'processor', 'shop'"

    class Table(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Customer(Table):
        pass

    class CustomerNote(Table):
        subject = TextField(index=True)
        source = TextField(constraints=[Check(f"source IN ({sources})")])
        customer = ForeignKeyField(Customer, on_delete="CASCADE")
        text = BlobField(null=True)
        staff_id = IntegerField()
        created_at = DateTimeField()

    class Removal(Table):
        mark = TextField(unique=True)
        thing = TextField()
        at = DateTimeField(index=True)

    db.create_tables([CustomerNote, Removal])
