"""Papers for the desk's queue and for the pages of those they name."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeAlias

from peewee import Case, ModelSelect, fn

from .. import clock
from ..audit.models import AuditEvent
from ..audit.queries import events_about
from ..days import day_of
from .models import Document, PaperRecord

MOVES = ("paper-registered", "paper-taken-out", "paper-put-back", "paper-destroyed")
Query: TypeAlias = "ModelSelect[Any]"


def paper_with(paper_id: int) -> PaperRecord | None:
    found: PaperRecord | None = PaperRecord.get_or_none(PaperRecord.id == paper_id)
    return found


def open_papers() -> Query:
    """What is not destroyed yet, in no order."""
    found: Query = PaperRecord.select().where(PaperRecord.closed_at.is_null())
    return found


def closed_papers() -> Query:
    """What somebody signed for, in no order."""
    found: Query = PaperRecord.select().where(PaperRecord.closed_at.is_null(False))
    return found


def overdue_papers(now: datetime | None = None) -> Query:
    """What should have been destroyed by now."""
    return open_papers().where(PaperRecord.destroy_by < (now or clock.now()))


def open_papers_about(kind: str, row_ids: Any) -> list[PaperRecord]:
    """Those that name whose these rows are; `row_ids` are ids, or a select of them."""
    wanted = (PaperRecord.about_kind == kind) & PaperRecord.about_id.in_(row_ids)
    return list(open_papers().where(wanted).order_by(PaperRecord.id))


@dataclass(frozen=True)
class Counts:
    """How many papers are kept, and how many of them for too long, the first of these `since`."""

    kept: int
    overdue: int
    since: datetime | None


def paper_counts() -> Counts:
    is_late = PaperRecord.destroy_by < clock.now()
    first = fn.MIN(Case(None, [(is_late, PaperRecord.destroy_by)])).python_value(PaperRecord.destroy_by.python_value)
    counted = open_papers().select(fn.COUNT(PaperRecord.id), fn.SUM(Case(None, [(is_late, 1)], 0)), first)
    kept, overdue, since = counted.tuples().first()
    return Counts(int(kept), int(overdue or 0), since)


@dataclass
class Pile:
    """What is kept of a day's prints of one kind: it is closed at once. `code` names it in a form, as it was seen."""

    document: Document
    day: date
    count: int = 0
    batches: list[str] = field(default_factory=list)

    @property
    def code(self) -> str:
        return f"{self.document.value}.{self.day.isoformat()}.{self.count}"


def piles(most: int = 200) -> list[Pile]:
    """The newest first; days are those of the shop."""
    at = fn.MIN(PaperRecord.made_at)
    rows = (
        open_papers()
        .select(PaperRecord.batch, PaperRecord.document, at.alias("at"), fn.COUNT(PaperRecord.id).alias("count"))
        .where(PaperRecord.batch != "")
        .group_by(PaperRecord.batch, PaperRecord.document)
        .order_by(at.desc())
        .limit(most)
    )
    found: dict[tuple[str, date], Pile] = {}
    for row in rows:
        day = day_of(_moment(row.at))
        pile = found.setdefault((row.document, day), Pile(Document(row.document), day))
        pile.count += row.count
        pile.batches.append(row.batch)
    return list(found.values())


def _moment(at: object) -> datetime:
    found: datetime = PaperRecord.made_at.python_value(at)  # type: ignore[assignment]
    return found


def papers_of(batch: str) -> list[PaperRecord]:
    """What was printed at once, in that order."""
    rows = PaperRecord.select().where(PaperRecord.batch == batch, PaperRecord.batch != "")
    return list(rows.order_by(PaperRecord.id))


def log_of(paper: PaperRecord) -> list[AuditEvent]:
    """When it came in, was taken out, put back and destroyed, and by whom, newest first: the audit trail says."""
    events: Iterable[AuditEvent] = events_about(paper.about_kind, paper.about_id).where(AuditEvent.kind.in_(MOVES))
    return [event for event in events if json.loads(event.details)["paper"] == paper.id][::-1]


def papers_by_id(ids: Iterable[int]) -> list[PaperRecord]:
    """Those that are still kept."""
    return list(open_papers().where(PaperRecord.id.in_(list(ids))).order_by(PaperRecord.id))
