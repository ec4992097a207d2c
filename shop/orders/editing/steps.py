"""The lines of an order before and after a change, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...pricing.quote import Quote, QuoteLine


@dataclass(frozen=True)
class Step:
    """A line of the order before and after; `was` or `now` is None where it is new, or gone."""

    was: QuoteLine | None
    now: QuoteLine | None

    @property
    def any(self) -> QuoteLine:
        found = self.now or self.was
        if found is None:
            raise ValueError("a step is of some line")
        return found

    @property
    def pieces(self) -> tuple[int, int]:
        return (self.was.quantity if self.was else 0, self.now.quantity if self.now else 0)

    @property
    def is_change(self) -> bool:
        return self.pieces[0] != self.pieces[1]

    @property
    def what(self) -> str:
        """The line's name with its options."""
        return ", ".join(filter(None, (self.any.name, self.any.options)))

    @property
    def words(self) -> str:
        """ "2 added", "1 instead of 3", "removed"."""
        before, after = self.pieces
        if not before:
            return f"{after} added"
        return f"{after} instead of {before}" if after else "removed"


def steps(before: Quote, after: Quote, before_ids: Sequence[int], line_ids: Sequence[int | None]) -> list[Step]:
    """The lines before in their order, each beside what it is after, then the new ones."""
    now = {line_id: line for line_id, line in zip(line_ids, after.lines, strict=True) if line_id is not None}
    old = [Step(line, now.get(line_id)) for line_id, line in zip(before_ids, before.lines, strict=True)]
    new = [Step(None, line) for line_id, line in zip(line_ids, after.lines, strict=True) if line_id is None]
    return [*old, *new]


def in_words(found: Iterable[Step]) -> str:
    """ "Alder Tote, Moss: 2 added; Clay Pouch: 1 instead of 3"."""
    return "; ".join(f"{step.what}: {step.words}" for step in found if step.is_change)
