"""Changing what was ordered."""
