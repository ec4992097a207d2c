"""Rows by what is sealed in them."""

from __future__ import annotations

from typing import Any

from peewee import ModelSelect

from .blind import hashed, name_words
from .models import NameToken


def rows_with_name(model: Any, text: str) -> ModelSelect[Any]:
    """Rows of `model` whose names hold every word of `text`, whole; none when there is no word in it."""
    words = name_words(text)
    found: ModelSelect[Any] = model.select()
    if not words:
        return found.where(model.id.in_([]))
    for word in sorted(words):
        found = found.where(model.id.in_(_rows_with_word(model, word)))
    return found


def _rows_with_word(model: Any, word: str) -> ModelSelect[Any]:
    is_here = (NameToken.token == hashed("name", word)) & (NameToken.of_table == model._meta.table_name)
    found: ModelSelect[Any] = NameToken.select(NameToken.row_id).where(is_here)
    return found
