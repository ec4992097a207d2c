"""Rows that stand for ever as they were written: neither the model nor the database changes or deletes one."""

from __future__ import annotations

from typing import Any, NoReturn

from .db import BaseModel, db, is_sqlite

SAYS = "this is written once, never changed and never deleted"
_SQLITE = """
    CREATE TRIGGER IF NOT EXISTS "{table}_not_{event}" BEFORE {event} ON "{table}"
    BEGIN SELECT RAISE(ABORT, '{says}'); END
"""
_FUNCTION = """
    CREATE OR REPLACE FUNCTION written_once() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION USING ERRCODE = 'restrict_violation', MESSAGE = '{says}'; END $$
"""
_POSTGRESQL = """
    CREATE OR REPLACE TRIGGER "{table}_not_{event}" BEFORE {event} ON "{table}"
    FOR EACH STATEMENT EXECUTE FUNCTION written_once()
"""


class WrittenOnce(Exception):
    """Somebody tried to change or delete what stands for ever."""

    def __init__(self) -> None:
        super().__init__(SAYS)


class WrittenOnceModel(BaseModel):
    """New rows may be written. Statements past the model are stopped by triggers, as peewee's IntegrityError."""

    @classmethod
    def create_table(cls, safe: bool = True, **options: Any) -> None:
        super().create_table(safe, **options)
        for statement in _triggers(cls._meta.table_name):
            db.execute_sql(" ".join(statement.format(says=SAYS).split()))

    def save(self, force_insert: bool = False, only: Any = None) -> Any:
        if self.id is not None and not force_insert:
            raise WrittenOnce
        return super().save(force_insert, only)

    def delete_instance(self, recursive: bool = False, delete_nullable: bool = False) -> NoReturn:
        raise WrittenOnce


def _triggers(table: str) -> list[str]:
    events, says = ("update", "delete"), "{says}"
    if is_sqlite():
        return [_SQLITE.format(table=table, event=event, says=says) for event in events]
    return [_FUNCTION, *(_POSTGRESQL.format(table=table, event=event) for event in (*events, "truncate"))]
