"""Two transactions that waited for each other on PostgreSQL: one of them is told to try again, and does."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from peewee import IntegrityError, OperationalError

from ...db import db

P = ParamSpec("P")
T = TypeVar("T")
SERIALIZATION_FAILURE, DEADLOCK, UNIQUE_VIOLATION = "40001", "40P01", "23505"
TRIES = 3


def retried(service: Callable[P, T]) -> Callable[P, T]:
    """Run a service that owns its transaction again when the database broke that off for another's sake."""

    @functools.wraps(service)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(TRIES - 1):
            try:
                return service(*args, **kwargs)
            except (OperationalError, IntegrityError) as error:
                if db.transaction_depth() or _state(error) not in {SERIALIZATION_FAILURE, DEADLOCK, UNIQUE_VIOLATION}:
                    raise
        return service(*args, **kwargs)

    return run


def _state(error: BaseException) -> str | None:
    """PostgreSQL's code for what went wrong; SQLite's writers queue and have none."""
    found: BaseException | None = error
    while found is not None:
        state = getattr(found, "sqlstate", None)
        if state:
            return str(state)
        found = found.__cause__ or found.__context__
    return None
