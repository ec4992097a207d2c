"""Paper comes in, is taken out and put back, and is destroyed; somebody signs for each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from .. import clock
from ..audit.services import record
from ..config import settings
from ..db import db
from .models import Document, How, PaperRecord
from .queries import open_papers

HASTENED = timedelta(days=7)


class NotRegistered(Exception):
    """A paper without a place, or without a day by which it is destroyed, is not taken in; the message says which."""


class NotSigned(Exception):
    """Nobody signed, or with another name than their own."""

    def __init__(self) -> None:
        super().__init__("Sign with your own name, as it stands in your account at this desk.")


def default_destroy_by() -> datetime:
    """The day by which what is printed now is destroyed."""
    return clock.now() + timedelta(days=settings().keep_paper_days)


def register_paper(
    *,
    document: Document,
    about: tuple[str, int],
    location: str,
    keyholder: int,
    destroy_by: datetime | None,
    staff_id: int,
    batch: str = "",
) -> PaperRecord:
    """Take a paper in; within a caller's transaction call it late, for it writes the audit trail.

    Raises NotRegistered.
    """
    if not location.strip():
        raise NotRegistered("Say where it lies: a paper without a place is lost.")
    if destroy_by is None:
        raise NotRegistered("Say by which day it is destroyed: no paper is kept for ever.")
    if destroy_by <= clock.now():
        raise NotRegistered("That day is over. Choose one to come, or destroy the paper instead of keeping it.")
    with db.atomic():
        made: PaperRecord = PaperRecord.create(
            document=document,
            about_kind=about[0],
            about_id=about[1],
            batch=batch,
            location=location.strip(),
            keyholder=keyholder,
            made_by=staff_id,
            destroy_by=destroy_by,
        )
        _note("paper-registered", made, staff_id, document=document.value)
    return made


def hasten(*, kind: str, row_ids: Collection[int]) -> int:
    """Whom these papers name was forgotten: they are destroyed within days, not weeks. How many were hastened."""
    soon = clock.now() + HASTENED
    late = open_papers().where(PaperRecord.about_kind == kind, PaperRecord.about_id.in_(list(row_ids)))
    ids = [paper.id for paper in late if paper.destroy_by > soon]
    with db.atomic():
        return int(PaperRecord.update(destroy_by=soon).where(PaperRecord.id.in_(ids)).execute())


def take_out(*, paper: PaperRecord, staff_id: int) -> bool:
    """Somebody takes it from its place; False when it is out already, or destroyed."""
    inside = _open(paper) & PaperRecord.out_by.is_null()
    with db.atomic():
        if not PaperRecord.update(out_by=staff_id, out_at=clock.now()).where(inside).execute():
            return False
        _note("paper-taken-out", paper, staff_id)
    return True


def put_back(*, paper: PaperRecord, staff_id: int) -> bool:
    """It lies in its place again; False when it was not out."""
    outside = _open(paper) & PaperRecord.out_by.is_null(False)
    with db.atomic():
        if not PaperRecord.update(out_by=None, out_at=None).where(outside).execute():
            return False
        _note("paper-put-back", paper, staff_id)
    return True


def attest(*, papers: Sequence[PaperRecord], how: How, staff_id: int, name: str, signed: str) -> int:
    """Close papers that were destroyed, or left with their customers; how many of them were open still.

    `name` is whose account it is, `signed` what they typed. Raises NotSigned.
    """
    if not signed.strip() or " ".join(signed.split()).casefold() != " ".join(name.split()).casefold():
        raise NotSigned
    closed, now = 0, clock.now()
    with db.atomic():
        for paper in sorted(papers, key=lambda paper: int(paper.id)):
            values = {"closed_at": now, "closed_by": staff_id, "how": how, "out_by": None, "out_at": None}
            if PaperRecord.update(values).where(_open(paper)).execute():
                _note("paper-destroyed", paper, staff_id, how=how.value)
                closed += 1
    return closed


def _open(paper: PaperRecord) -> object:
    return (PaperRecord.id == paper.id) & PaperRecord.closed_at.is_null()


def _note(kind: str, paper: PaperRecord, staff_id: int, **details: str) -> None:
    about = (str(paper.about_kind), int(paper.about_id))
    record(kind, actor=f"staff:{staff_id}", about=about, paper=paper.id, **details)
