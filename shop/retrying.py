"""What the database broke off for another's sake is tried again: two that waited for each other, or wrote the same row
at once."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import apsw
from flask import Flask, request
from peewee import IntegrityError, OperationalError

from .db import db

P = ParamSpec("P")
T = TypeVar("T")
SERIALIZATION_FAILURE, DEADLOCK, UNIQUE_VIOLATION = "40001", "40P01", "23505"
UNIQUE_IN_SQLITE = {apsw.SQLITE_CONSTRAINT_UNIQUE, apsw.SQLITE_CONSTRAINT_PRIMARYKEY}
TRIES = 3


def init_app(app: Flask) -> None:
    """A form whose view nobody has wrapped is read once more from its start, as a browser's retry would be."""
    answer = app.dispatch_request
    again = retried(answer)
    app.dispatch_request = lambda: (again if request.method == "POST" else answer)()  # type: ignore[method-assign]


def retried(service: Callable[P, T]) -> Callable[P, T]:
    """Run what owns its transactions again when the database broke one off for another's sake."""

    @functools.wraps(service)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(TRIES - 1):
            try:
                return service(*args, **kwargs)
            except (OperationalError, IntegrityError) as error:
                if db.transaction_depth() or not _is_anothers_doing(error):
                    raise
        return service(*args, **kwargs)

    return run


def _is_anothers_doing(error: BaseException) -> bool:
    """By PostgreSQL's code for what went wrong. SQLite's writers queue, but one may have looked before it queued."""
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, apsw.ConstraintError):
            return getattr(found, "extendedresult", 0) in UNIQUE_IN_SQLITE
        state = getattr(found, "sqlstate", None)
        if state:
            return state in {SERIALIZATION_FAILURE, DEADLOCK, UNIQUE_VIOLATION}
        found = found.__cause__ or found.__context__
    return False
