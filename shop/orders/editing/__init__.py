"""Changing what was ordered after the order was placed, and settling the difference."""
