"""Lists of orders that a member of staff keeps: a name, and the list's state without what was searched for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from ...db import db
from ...orders.desk.state import ListState
from ..models import SavedView

AT_MOST = 20


class TooMany(Exception):
    def __init__(self) -> None:
        super().__init__(f"You keep {AT_MOST} lists already: delete one first.")


class NameTaken(Exception):
    def __init__(self) -> None:
        super().__init__("You keep another list under this name already.")


@dataclass(frozen=True)
class Kept:
    id: int
    name: str
    state: ListState


def kept_by(staff_id: int) -> list[Kept]:
    """By their names."""
    rows: Sequence[SavedView] = list(SavedView.select().where(SavedView.staff == staff_id))
    found = [Kept(row.id, row.name, ListState.read(dict(parse_qsl(row.state)))) for row in rows]
    return sorted(found, key=lambda view: view.name.casefold())


def keep(*, name: str, state: ListState, staff_id: int) -> None:
    """Under the same name it takes the other's place. Raises TooMany."""
    with db.atomic():
        SavedView.delete().where(SavedView.staff == staff_id, SavedView.name == name).execute()
        if SavedView.select().where(SavedView.staff == staff_id).count() >= AT_MOST:
            raise TooMany
        SavedView.create(staff=staff_id, name=name, state=urlencode(state.kept.query()))


def rename(*, view_id: int, name: str, staff_id: int) -> bool:
    """False when they keep no such list. Raises NameTaken."""
    mine = (SavedView.id == view_id) & (SavedView.staff == staff_id)
    others = (SavedView.id != view_id) & (SavedView.staff == staff_id)
    with db.atomic():
        if SavedView.select().where(others, SavedView.name == name).exists():
            raise NameTaken
        return bool(SavedView.update(name=name).where(mine).execute())


def drop(*, view_id: int, staff_id: int) -> bool:
    """False when they keep no such list."""
    with db.atomic():
        return bool(SavedView.delete().where(SavedView.id == view_id, SavedView.staff == staff_id).execute())
