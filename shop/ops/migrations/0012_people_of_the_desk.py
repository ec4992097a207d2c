"""The second factor of staff, invitations, and a designate's time."""

from __future__ import annotations

from peewee import (
    BlobField,
    BooleanField,
    Check,
    Database,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)
from playhouse.migrate import SchemaMigrator, migrate

SOURCES = "source IN ('self', 'staff_by_phone', 'letter', 'gift_sender', 'processor', 'shop')"


def up(migrator: SchemaMigrator, db: Database) -> None:
    moments = ("seen_at", "designated_from", "designated_until")
    migrate(*(migrator.add_column("staff", name, DateTimeField(null=True)) for name in moments))
    migrate(migrator.add_column("staff_session", "proven_at", DateTimeField(null=True)))

    class Table(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Staff(Table):
        pass

    class StaffStep(Table):
        staff = ForeignKeyField(Staff, on_delete="CASCADE")
        token_hash = BlobField(unique=True)
        tries = IntegerField()
        expires_at = DateTimeField(index=True)

    class StaffAuthenticator(Table):
        subject = TextField(index=True)
        source = TextField(constraints=[Check(SOURCES)])
        staff = ForeignKeyField(Staff, on_delete="CASCADE")
        secret = BlobField(null=True)
        is_demo = BooleanField()
        created_at = DateTimeField()
        confirmed_at = DateTimeField(null=True)
        last_step = IntegerField()

    class StaffRecoveryCode(Table):
        staff = ForeignKeyField(Staff, on_delete="CASCADE")
        code_hash = BlobField()
        created_at = DateTimeField()
        used_at = DateTimeField(null=True)

    class Invitation(Table):
        subject = TextField(index=True)
        source = TextField(constraints=[Check(SOURCES)])
        email_index = BlobField(null=True, index=True)
        email = BlobField(null=True)
        role = TextField()
        designated_from = DateTimeField(null=True)
        designated_until = DateTimeField(null=True)
        token_hash = BlobField(unique=True)
        created_at = DateTimeField()
        expires_at = DateTimeField()
        used_at = DateTimeField(null=True)
        withdrawn_at = DateTimeField(null=True)

    db.create_tables([StaffStep, StaffAuthenticator, StaffRecoveryCode, Invitation])
