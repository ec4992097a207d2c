"""Imports from upload to undoing: what people ask for here, the worker does."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator
from datetime import timedelta

from ... import clock
from ...db import db
from ...jobs import kick
from .applying import carry_out
from .models import Import, ImportItem, ImportPart, ImportProblem, Step
from .planning import plan
from .undoing import take_back

JOB = "import products"
FORGET_JOB = "forget old imports"
BYTES_AT_MOST = 50 * 1024 * 1024
UNDO_WITHIN = timedelta(days=14)
FORGET_PLANS_AFTER = timedelta(days=7)
FORGET_AFTER = timedelta(days=90)
SECONDS_AT_A_TIME = 20
# Between two turns whoever waits to write gets theirs: a lock alone would often go to the worker again.
SECONDS_BETWEEN = 0.03
_PART = 512 * 1024
_WORK: dict[str, Callable[[Import], Iterator[None]]] = {
    Step.READING: plan,
    Step.APPLYING: carry_out,
    Step.UNDOING: take_back,
}


class TooLate(Exception):
    """The import is not any more where this could be asked for."""


class Changed(Exception):
    """The plan is another than the one that was seen."""


def receive_file(*, content: bytes, file_name: str, staff_id: int) -> Import:
    """Keep an uploaded file and have the worker read it; nothing of the catalogue changes."""
    packed = zlib.compress(content, 6)
    with db.atomic():
        imported: Import = Import.create(file_name=_shown_name(file_name), size=len(content), staff_id=staff_id)
        for number, start in enumerate(range(0, len(packed), _PART)):
            ImportPart.create(imported=imported, number=number, content=packed[start : start + _PART])
        kick(JOB)
    return imported


def _shown_name(file_name: str) -> str:
    return "".join(letter for letter in file_name.replace("\\", "/").rpartition("/")[2] if letter.isprintable())[-80:]


def confirm(*, import_id: int, seen: str, staff_id: int) -> None:
    """Have the worker do what the plan with the hash `seen` says, if the shop still is as it was then.

    The file is compared with the shop once more before anything is written. Raises Changed, TooLate.
    """
    with db.atomic():
        imported = _at(import_id, Step.READY)
        if not seen or imported.plan_hash != seen:
            raise Changed(f"import {import_id} has another plan")
        again = {"step": Step.READING, "done": 0, "confirmed": seen, "confirmed_by": staff_id, "is_overtaken": False}
        _go_on(imported, again)


def undo(*, import_id: int, staff_id: int) -> None:
    """Have the worker take the whole import back. Raises TooLate."""
    with db.atomic():
        imported = _at(import_id, Step.APPLIED)
        if not can_be_undone(imported):
            raise TooLate(f"import {import_id} was too long ago")
        _go_on(imported, {"step": Step.UNDOING, "done": 0, "confirmed_by": staff_id})


def can_be_undone(imported: Import) -> bool:
    return (
        imported.step == Step.APPLIED
        and imported.applied_at is not None
        and clock.now() - imported.applied_at <= UNDO_WITHIN
    )


def discard(*, import_id: int) -> None:
    """Throw a plan away, and the file with it. Raises TooLate once it is carried out."""
    with db.atomic():
        waiting = (Import.id == import_id) & Import.step.in_([Step.READING, Step.READY, Step.REFUSED])
        if not Import.delete().where(waiting, Import.confirmed == "").execute():
            raise TooLate(f"import {import_id} is under way or done")


def _at(import_id: int, step: Step) -> Import:
    imported: Import | None = Import.get_or_none(Import.id == import_id, Import.step == step)
    if imported is None:
        raise TooLate(f"import {import_id} is not {step}")
    return imported


def _go_on(imported: Import, columns: dict[str, object]) -> None:
    """Of two who press the button at once, one is too late."""
    if not Import.update(**columns).where(Import.id == imported.id, Import.step == imported.step).execute():
        raise TooLate(f"import {imported.id} goes on already")
    kick(JOB)


def work_on_imports() -> None:
    """Carry every import on for a while; each turn is a transaction, so that this may be stopped or run twice."""
    until = time.monotonic() + SECONDS_AT_A_TIME
    for found in list(Import.select().where(Import.step.in_(list(_WORK))).order_by(Import.id)):
        imported: Import | None = found
        while imported is not None and imported.step in _WORK:
            step = imported.step
            for _ in _WORK[step](imported):
                if time.monotonic() > until:
                    kick(JOB)
                    return
                time.sleep(SECONDS_BETWEEN)
            imported = Import.get_or_none(Import.id == imported.id)
            if imported is not None and imported.step == step:
                # Another worker is at it.
                break


def forget_old() -> None:
    """Files go once they are not needed, plans nobody carried out after a week, lists of what was done later."""
    now = clock.now()
    done = Import.select(Import.id).where(Import.step.in_([Step.APPLIED, Step.UNDOING, Step.UNDONE]))
    ImportPart.delete().where(ImportPart.imported.in_(done)).execute()
    never = Import.step.in_([Step.READY, Step.REFUSED]) & (Import.created_at < now - FORGET_PLANS_AFTER)
    Import.delete().where(never).execute()
    old = Import.select(Import.id).where(
        Import.step.in_([Step.APPLIED, Step.UNDONE]), Import.created_at < now - FORGET_AFTER
    )
    for table in (ImportItem, ImportProblem):
        table.delete().where(table.imported.in_(old)).execute()
