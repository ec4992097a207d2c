"""Those who read about backups: the owner at the desk, and a customer."""

from __future__ import annotations

from tests.support.customers import caro, caros
from tests.support.desk import robin, staff

__all__ = ["caro", "caros", "robin", "staff"]
