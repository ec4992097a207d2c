"""The tables as they were at the first release."""

from __future__ import annotations

from peewee import Database
from playhouse.migrate import SchemaMigrator

from shop.ops.models import all_models


def up(migrator: SchemaMigrator, db: Database) -> None:
    db.create_tables(all_models(), safe=False)
