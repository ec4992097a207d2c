"""The last examination, for the desk."""

from __future__ import annotations

from .models import HealthFinding


def findings() -> list[HealthFinding]:
    """In the order in which they were looked at; none before the first examination."""
    return list(HealthFinding.select().order_by(HealthFinding.id))
