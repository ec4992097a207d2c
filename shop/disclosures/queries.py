"""What has left the shop, for the pages of those it concerns."""

from __future__ import annotations

from typing import Any

from peewee import ModelSelect

from .models import Disclosure


def disclosures_about(kind: str, row_ids: Any) -> ModelSelect[Any]:
    """Those about rows of one kind, newest first; `row_ids` are ids, or a select of them."""
    found: ModelSelect[Any] = (
        Disclosure.select()
        .where(Disclosure.about_kind == kind, Disclosure.about_id.in_(row_ids))
        .order_by(Disclosure.at.desc(), Disclosure.id.desc())
    )
    return found
