"""Cases, looked up."""

from __future__ import annotations

from typing import Any

from peewee import ModelSelect

from ...orders.numbers import as_number
from .models import Case, CaseAnswer

CLOSED_SHOWN = 50


def case_with(number: str) -> Case | None:
    meant = as_number(number)
    found: Case | None = Case.get_or_none(Case.number == meant) if meant else None
    return found


def open_cases() -> ModelSelect[Any]:
    """Those that wait longest first."""
    found: ModelSelect[Any] = Case.select().where(Case.closed_at.is_null()).order_by(Case.received_at, Case.id)
    return found


def closed_cases() -> ModelSelect[Any]:
    """The last ones, newest first."""
    is_closed = Case.closed_at.is_null(False)
    found: ModelSelect[Any] = Case.select().where(is_closed).order_by(Case.closed_at.desc()).limit(CLOSED_SHOWN)
    return found


def answers_of(case: Case) -> ModelSelect[Any]:
    """Oldest first."""
    found: ModelSelect[Any] = CaseAnswer.select().where(CaseAnswer.case == case.id).order_by(CaseAnswer.id)
    return found
