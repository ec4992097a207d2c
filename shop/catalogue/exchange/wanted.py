"""What a file asks for, one product at a time, before the shop is looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Problem:
    """In which row and under which heading, what is wrong, and how to put it right."""

    row: int
    column: str
    text: str
    fix: str = ""
    is_error: bool = True
    # Said of the first row that it is true of, and not again of each of ten thousand.
    is_said_once: bool = False


@dataclass
class WantedVariant:
    """`values` holds only what the file says: columns it lacks are left as they are."""

    row: int
    sku: str
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def options(self) -> tuple[str, str, str]:
        one, two, three = (str(self.values.get(f"option{number}", "")) for number in (1, 2, 3))
        return one, two, three


@dataclass(frozen=True)
class Place:
    """A collection by its section's name and its own; `is_path` when they are slugs."""

    section: str
    collection: str
    is_path: bool = False

    def __str__(self) -> str:
        return f"{self.section}/{self.collection}" if self.is_path else f"{self.section} > {self.collection}"


@dataclass
class WantedProduct:
    """`is_known_by_slug` when it may be found by `slug`, `moves` when it goes to that address.

    `kind` is the name of a collection to put it into, if there is one.
    """

    row: int
    name: str = ""
    slug: str = ""
    is_known_by_slug: bool = True
    moves: bool = False
    kind: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    collections: list[Place] | None = None
    variants: list[WantedVariant] = field(default_factory=list)
    pictures: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    is_left_out: bool = False

    def wrong(self, row: int, column: str, text: str, fix: str = "") -> None:
        self.problems.append(Problem(row, column, text, fix))

    def note(self, row: int, column: str, text: str, fix: str = "", *, once: bool = False) -> None:
        self.problems.append(Problem(row, column, text, fix, is_error=False, is_said_once=once))

    def is_told(self, row: int, column: str) -> bool:
        """Whether an error is noted there already."""
        return any(each.is_error and (each.row, each.column) == (row, column) for each in self.problems)

    @property
    def is_wrong(self) -> bool:
        return any(problem.is_error for problem in self.problems)
