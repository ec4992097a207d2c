"""Postal addresses: their parts, what each country asks for, and how they are written there."""

from __future__ import annotations

from .lines import Address, address_lines, country_name

__all__ = ["Address", "address_lines", "country_name"]
