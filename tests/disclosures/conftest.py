from __future__ import annotations

from tests.support.desk import order
from tests.support.till import ada, practice_gateway, running_gateway, settings_overrides, shelf

__all__ = ["ada", "order", "practice_gateway", "running_gateway", "settings_overrides", "shelf"]
