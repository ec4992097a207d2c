"""How many orders stand where: counted by the database itself with each change, and added up now and then."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from peewee import fn

from ...db import db, is_sqlite
from ..desk.models import OrderTally
from ..models import Order

FOLD_FROM = 500
KEY = (OrderTally.state, OrderTally.needs_look, OrderTally.deliver_on)
_COLUMNS = "state, needs_look, deliver_on"
_WRITE = f"INSERT INTO order_tally ({_COLUMNS}, count) VALUES"  # noqa: S608
# A day counts as long as it is still to be kept: those of all that is done would make a row for each day there was.
_UNDERWAY = ("placed", "packed", "partly sent", "shipped")
_DAY = f"CASE WHEN {{which}}.state IN {_UNDERWAY} THEN {{which}}.deliver_on END"
_ROW = f"({{which}}.state, {{which}}.needs_look, {_DAY}, {{count}})"
_MORE, _LESS = _ROW.format(which="NEW", count=1), _ROW.format(which="OLD", count=-1)
_SQLITE = (
    f'CREATE TRIGGER IF NOT EXISTS order_tally_in AFTER INSERT ON "order" BEGIN {_WRITE} {_MORE}; END',
    f'CREATE TRIGGER IF NOT EXISTS order_tally_out AFTER DELETE ON "order" BEGIN {_WRITE} {_LESS}; END',
    f'CREATE TRIGGER IF NOT EXISTS order_tally_move AFTER UPDATE OF {_COLUMNS} ON "order"'
    " WHEN OLD.state <> NEW.state OR OLD.needs_look <> NEW.needs_look OR OLD.deliver_on IS NOT NEW.deliver_on"
    f" BEGIN {_WRITE} {_LESS}, {_MORE}; END",
)
_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION order_tally() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    f" IF TG_OP <> 'INSERT' THEN {_WRITE} {_LESS}; END IF;"
    f" IF TG_OP <> 'DELETE' THEN {_WRITE} {_MORE}; END IF;"
    " RETURN NULL; END $$",
    'CREATE OR REPLACE TRIGGER order_tally_in AFTER INSERT OR DELETE ON "order"'
    " FOR EACH ROW EXECUTE FUNCTION order_tally()",
    f'CREATE OR REPLACE TRIGGER order_tally_move AFTER UPDATE OF {_COLUMNS} ON "order" FOR EACH ROW WHEN'
    f" (({', '.join(f'OLD.{name}' for name in _COLUMNS.split(', '))}) IS DISTINCT FROM"
    f" ({', '.join(f'NEW.{name}' for name in _COLUMNS.split(', '))})) EXECUTE FUNCTION order_tally()",
)


def keep_tallies() -> None:
    """Have the database count from here on. A migration that builds the orders' table anew loses its triggers: whenever
    they are missing they are made, and everything is counted afresh."""
    if _are_kept():
        return
    with db.atomic():
        for statement in _SQLITE if is_sqlite() else _POSTGRESQL:
            db.execute_sql(statement)
        _count_afresh()


def fold_tallies() -> int:
    """Add up the rows once there are many; how many there were. Whoever reads meanwhile sees the one or the other."""
    if OrderTally.select().count() < FOLD_FROM:
        return 0
    with db.atomic():
        sums: dict[tuple[Any, ...], int] = {}
        gone = list(OrderTally.delete().returning(*KEY, OrderTally.count).execute())
        for row in gone:
            key = (row.state, row.needs_look, row.deliver_on)
            sums[key] = sums.get(key, 0) + row.count
        rows = [_tally((*key, count)) for key, count in sums.items() if count]
        if rows:
            OrderTally.insert_many(rows).execute()
    return len(gone)


def _are_kept() -> bool:
    if is_sqlite():
        asked = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger' AND name = 'order_tally_move'"
    else:
        asked = (
            "SELECT COUNT(*) FROM pg_trigger WHERE tgname = 'order_tally_move' AND tgrelid = to_regclass('\"order\"')"
        )
    return bool(db.execute_sql(asked).fetchone()[0])


def _count_afresh() -> None:
    OrderTally.delete().execute()
    for is_underway in (True, False):
        which = Order.state.in_(_UNDERWAY) if is_underway else Order.state.not_in(_UNDERWAY)
        columns = (Order.state, Order.needs_look, *([Order.deliver_on] if is_underway else []))
        counted: Iterable[Any] = Order.select(*columns, fn.COUNT(Order.id)).where(which).group_by(*columns).tuples()
        rows = [_tally(row if is_underway else (*row[:2], None, row[2])) for row in counted]
        if rows:
            OrderTally.insert_many(rows).execute()


def _tally(row: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(("state", "needs_look", "deliver_on", "count"), row, strict=True))
