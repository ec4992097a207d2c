"""Orders bought through the practice gateway, and the staff who carry them out."""

from __future__ import annotations

from ..support.desk import order, robin, robin_htmx, sam, staff
from ..support.till import ada, practice_gateway, running_gateway, settings_overrides, shelf

__all__ = [
    "ada",
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
