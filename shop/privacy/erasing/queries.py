"""Erasures, looked up."""

from __future__ import annotations

from typing import Any

from peewee import ModelSelect

from ... import clock
from ..person import Person
from .models import OPEN, Erasure, ErasureState, ToldRecipient

ENDED_SHOWN = 50


def requested_erasure(person: Person) -> Erasure | None:
    """The erasure that this person can still undo."""
    return _newest(person, (ErasureState.REQUESTED,))


def requested_for(email_index: bytes | None) -> Erasure | None:
    """The same by the blind index of an address, `blind("email", …)`."""
    is_theirs = (Erasure.email_index == email_index) & (Erasure.state == ErasureState.REQUESTED)
    found: Erasure | None = Erasure.get_or_none(is_theirs)
    return found


def open_erasure(person: Person) -> Erasure | None:
    """The one that waits or is under way."""
    return _newest(person, OPEN)


def customers_leaving() -> ModelSelect[Any]:
    """The ids of all whose erasure waits or is under way, for `Customer.id.not_in(…)`."""
    is_open = Erasure.state.in_(OPEN) & Erasure.customer.is_null(False)
    found: ModelSelect[Any] = Erasure.select(Erasure.customer).where(is_open)
    return found


def due_erasures() -> ModelSelect[Any]:
    """Those whose time to undo is over, and those that were begun."""
    is_due = (Erasure.state == ErasureState.REQUESTED) & (Erasure.due_at <= clock.now())
    found: ModelSelect[Any] = (
        Erasure.select().where(is_due | (Erasure.state == ErasureState.RUNNING)).order_by(Erasure.id)
    )
    return found


def ended_with_address() -> ModelSelect[Any]:
    """Those that ended and still hold an address, as a killed process leaves them."""
    found: ModelSelect[Any] = Erasure.select().where(Erasure.state.not_in(OPEN), Erasure.email.is_null(False))
    return found


def erasures_shown() -> ModelSelect[Any]:
    """For the desk: the open ones, and the newest of the others."""
    found: ModelSelect[Any] = Erasure.select().order_by(Erasure.state.in_(OPEN).desc(), Erasure.id.desc())
    return found.limit(ENDED_SHOWN)


def recipients_to_tell() -> ModelSelect[Any]:
    found: ModelSelect[Any] = (
        ToldRecipient.select().where(ToldRecipient.told_at.is_null()).order_by(ToldRecipient.made_at, ToldRecipient.id)
    )
    return found


def _newest(person: Person, states: tuple[ErasureState, ...]) -> Erasure | None:
    is_theirs = Erasure.email_index == person.email_index
    if person.customer is not None:
        is_theirs |= Erasure.customer == person.customer.id
    found: Erasure | None = (
        Erasure.select().where(is_theirs, Erasure.state.in_(states)).order_by(Erasure.id.desc()).first()
    )
    return found
