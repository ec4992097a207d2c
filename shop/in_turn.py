"""One thing done for each of many rows, where one that fails keeps none of the others waiting."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

R = TypeVar("R")
log = logging.getLogger("shop.jobs")


def in_turn(work: Callable[[R], Any], rows: Iterable[R]) -> int:
    """For how many rows the work did something, which it says by anything true. The first failure is raised once all
    had their turn."""
    done, failures = 0, []
    for row in rows:
        try:
            done += bool(work(row))
        except Exception as error:
            log.exception(
                "one of many failed", extra={"fields": {type(row).__name__.lower(): getattr(row, "id", None)}}
            )
            failures.append(error)
    if failures:
        raise failures[0]
    return done
