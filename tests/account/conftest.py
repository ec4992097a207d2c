"""Customers, signed in."""

from __future__ import annotations

from tests.support.customers import caro, caros, caros_htmx, dan, dans

__all__ = ["caro", "caros", "caros_htmx", "dan", "dans"]
