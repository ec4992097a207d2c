"""Trying again, for the services of orders."""

from __future__ import annotations

from ...retrying import retried

__all__ = ["retried"]
