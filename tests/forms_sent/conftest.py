"""The owner's desk and a customer's account."""

from __future__ import annotations

from tests.support.customers import caro, caros, dan, dans
from tests.support.desk import robin, staff

__all__ = ["caro", "caros", "dan", "dans", "robin", "staff"]
