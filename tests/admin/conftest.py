"""The desk of a shop that sells through the practice gateway."""

from __future__ import annotations

from ..support.desk import order, robin, robin_htmx, sam, staff
from ..support.till import practice_gateway, running_gateway, settings_overrides, shelf

__all__ = [
    "order",
    "practice_gateway",
    "robin",
    "robin_htmx",
    "running_gateway",
    "sam",
    "settings_overrides",
    "shelf",
    "staff",
]
