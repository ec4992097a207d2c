from __future__ import annotations

from tests.support.customers import caro, caros, caros_htmx, dan, dans
from tests.support.desk import order, robin, sam, staff
from tests.support.till import practice_gateway, running_gateway, settings_overrides, shelf

__all__ = [
    "caro", "caros", "caros_htmx", "dan", "dans", "order", "practice_gateway", "robin", "running_gateway", "sam",
    "settings_overrides", "shelf", "staff",
]  # fmt: skip
