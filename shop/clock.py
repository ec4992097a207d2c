"""The only place that asks what time it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_offset = timedelta(0)


def now() -> datetime:
    """The present moment in UTC, with its time zone attached."""
    return datetime.now(UTC) + _offset


def travel(by: timedelta) -> None:
    """Move this process's clock by `by` from the real time; `timedelta(0)` comes back. For rehearsals and tests."""
    global _offset
    _offset = by
