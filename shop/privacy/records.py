"""One row as its person reads it: each value with its reason, where it came from, and when it will go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from ..phones import readable
from ..templating import day
from ..vault import REMOVED, RETENTION, Personal, Sealed, Source, Standing, preload, standings
from .models import Restriction
from .person import Person
from .tables import Table, table_of
from .withheld import blanked, why_withheld
from .wording import FOR_YOU, FROM, fact_text, line_of, place_of, title_of

LONG = 200


@dataclass(frozen=True)
class Value:
    """One declared value. Just one of `text`, `withheld` and `is_removed` says something, or it was never given."""

    column: str
    personal: Personal
    text: str = ""
    withheld: str = ""
    is_removed: bool = False

    @property
    def is_there(self) -> bool:
        return bool(self.text or self.withheld or self.is_removed)

    @property
    def is_long(self) -> bool:
        """Whether it is folded away until somebody wants to read it."""
        return len(self.text) > LONG


@dataclass(frozen=True)
class Fact:
    """A plain column that is not empty."""

    column: str
    label: str
    text: str
    withheld: str = ""


@dataclass(frozen=True)
class Cluster:
    """Values that are there for the same reason; `place` tells apart those of a delivery and of a bill."""

    place: str
    personal: Personal
    values: Sequence[Value]

    @property
    def used(self) -> str:
        return ", ".join(FOR_YOU[purpose] for purpose in self.personal.purposes)

    @property
    def may_receive(self) -> str:
        return ", ".join(recipient.words for recipient in self.personal.recipients)


@dataclass
class Record:
    """One row. `children` are rows that belong to it, by what they are called; `given` and `looked` are sentences."""

    row: Any
    table: Table
    title: str
    values: Sequence[Value]
    facts: Sequence[Fact]
    source: str = ""
    kept: str = ""
    children: dict[str, list[Record]] = field(default_factory=dict)
    given: list[str] = field(default_factory=list)
    looked: str = ""

    @property
    def clusters(self) -> Iterator[Cluster]:
        there = [value for value in self.values if value.is_there]
        for (place, _), values in groupby(there, key=_reason):
            some = list(values)
            yield Cluster(place, some[0].personal, some)

    @property
    def line(self) -> str:
        """All of it, for a row that needs no more than a line."""
        return line_of(self.row, [(fact.label, fact.text or fact.withheld) for fact in self.facts])

    @property
    def never_given(self) -> list[str]:
        """What it has room for, and nobody ever told us."""
        missing = [value for value in self.values if not value.is_there]
        return [" ".join(filter(None, (value.personal.label, place_of(value.personal)))).lower() for value in missing]


def _reason(value: Value) -> tuple[str, tuple[Any, ...]]:
    said = value.personal
    return place_of(said), (said.why, said.purposes, said.recipients, said.editable_by)


def records_of(model: Any, rows: Iterable[Any], person: Person, restrictions: Sequence[Restriction]) -> list[Record]:
    """Rows of one table, with two queries to the key store whatever their number."""
    found, sealed = list(rows), hasattr(model, "subject")
    subjects = [row.subject for row in found] if sealed else []
    preload(subjects)
    kept = standings(subjects)
    return [_record(row, person, restrictions, kept.get(row.subject) if sealed else None) for row in found]


def _record(row: Any, person: Person, restrictions: Sequence[Restriction], kept: Standing | None) -> Record:
    fields = row._meta.sorted_fields
    values = [_value(row, each, person, restrictions) for each in fields if isinstance(each, Sealed)]
    table = table_of(type(row))
    facts = [_fact(row, column, label, person, restrictions) for column, label in table.shown.items()]
    facts += [
        Fact(column, label, "", why_withheld(row, column, person, restrictions))
        for column, label in _secrets(row, table).items()
    ]
    return Record(
        row=row,
        table=table,
        title=title_of(row, table),
        values=values,
        facts=[each for each in facts if each.text or each.withheld],
        source=FROM[Source(row.source)] if hasattr(row, "subject") else "",
        kept=_kept(kept) if hasattr(row, "subject") else "",
    )


def _value(row: Any, column: Sealed, person: Person, restrictions: Sequence[Restriction]) -> Value:
    if row.__data__.get(column.name) is None:
        return Value(column.name, column.personal)
    if withheld := why_withheld(row, column.name, person, restrictions):
        return Value(column.name, column.personal, withheld=withheld)
    text = getattr(row, column.name)
    if text is REMOVED:
        return Value(column.name, column.personal, is_removed=True)
    shown = readable(text) if column.kind == "phone" else str(text)
    return Value(column.name, column.personal, text=blanked(row, shown))


def _fact(row: Any, column: str, label: str, person: Person, restrictions: Sequence[Restriction]) -> Fact:
    if column not in row._meta.fields:
        return Fact(column, label, "")
    withheld = why_withheld(row, column, person, restrictions)
    return Fact(column, label, "" if withheld else fact_text(row, column), withheld)


def _secrets(row: Any, table: Table) -> dict[str, str]:
    """Plain columns that are withheld from everybody and hold something; their fingerprints go without saying here."""
    plain = [name for name in table.withheld if not isinstance(row._meta.fields[name], Sealed)]
    return {name: "Password" for name in plain if name == "password_hash" and getattr(row, name)}


def _kept(kept: Standing | None) -> str:
    if kept is None or kept.destroyed_at is not None:
        return "Its key is gone: nobody can read it any more."
    if kept.expires_at is not None:
        return f"Kept until {day(kept.expires_at)}, then destroyed by itself."
    return f"Kept {RETENTION[kept.retention_class].words}."
