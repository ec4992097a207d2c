"""Keeping what an examination found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from .. import clock
from ..db import db
from .models import HealthFinding


class Found(Protocol):
    """One thing that was looked at."""

    @property
    def name(self) -> str: ...
    @property
    def is_well(self) -> bool: ...
    @property
    def says(self) -> str: ...
    @property
    def advice(self) -> str: ...


def keep_findings(found: Iterable[Found]) -> int:
    """Put these in the place of the last ones; how many are not well."""
    now = clock.now()
    rows = [
        {"name": one.name, "is_well": one.is_well, "says": one.says, "advice": one.advice, "looked_at": now}
        for one in found
    ]
    with db.atomic():
        HealthFinding.delete().execute()
        HealthFinding.insert_many(rows).execute()
    return sum(not row["is_well"] for row in rows)
