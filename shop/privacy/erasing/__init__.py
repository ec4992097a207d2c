"""Removing what is held about somebody: shown first, undone within a while, then carried out step by step."""
