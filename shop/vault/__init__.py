"""Personal data: sealed from the first day, found without being readable, gone when its key is.

A feature declares its values in `personal_data.py`, keeps them in `Sealed` columns of a `SealedModel`, and gives each
person, order or cart a subject of its own: `new_subject("order")`. Lists call `preload` before they show their rows.
"""

from __future__ import annotations

from flask import Flask, request
from peewee import DatabaseError, OperationalError

from ..config import Settings, WrongSettings
from ..config import settings as active_settings
from ..db import ANSWER_WITHOUT_DATABASE
from . import bond
from .blind import blind, name_words
from .bond import Parted
from .erasures import keep_up
from .fields import (
    Declaration,
    PlainText,
    Sealed,
    SealedModel,
    WrongSubject,
    checked_source,
    declarations,
    reveal,
    version_of,
)
from .keys import Standing, destroyed_at, expiry_of, new_subject, preload, set_expiry, standings
from .ledger import LedgerNotWritten
from .master import UnusableMasterKey
from .personal import WAYS_TO_TELL, Editor, Personal, Purpose, Recipient, Source
from .queries import rows_with_name
from .removals import on_replay
from .retention import RETENTION, Retention
from .sealing import REMOVED, KeyGone, Removed, Tampered
from .services import destroy_expired, destroy_subject, destroy_subjects, empty_logs, index_name, note_removal
from .store import derived_key, remember, remembered, rotate_master_key

__all__ = [
    "REMOVED",
    "RETENTION",
    "WAYS_TO_TELL",
    "Declaration",
    "Editor",
    "KeyGone",
    "LedgerNotWritten",
    "Parted",
    "Personal",
    "PlainText",
    "Purpose",
    "Recipient",
    "Removed",
    "Retention",
    "Sealed",
    "SealedModel",
    "Source",
    "Standing",
    "Tampered",
    "UnusableMasterKey",
    "WrongSubject",
    "blind",
    "check",
    "check_first",
    "checked_source",
    "declarations",
    "derived_key",
    "destroy_expired",
    "destroy_subject",
    "destroy_subjects",
    "destroyed_at",
    "empty_logs",
    "expiry_of",
    "index_name",
    "init_app",
    "keep_up",
    "name_words",
    "new_subject",
    "note_removal",
    "on_replay",
    "preload",
    "remember",
    "remembered",
    "reveal",
    "rotate_master_key",
    "rows_with_name",
    "set_expiry",
    "standings",
    "version_of",
]


def init_app(app: Flask, settings: Settings) -> None:
    """Open the key store. Raises WrongSettings when it is out of reach, lost or another's, or its master key is."""
    try:
        bond.open_bonded(settings)
    except (UnusableMasterKey, bond.Parted) as error:
        raise WrongSettings([str(error)]) from error
    except OperationalError as error:
        said, where = str(error).partition("\n")[0], "KEYS_URL" if settings.keys_url else settings.shop_instance
        raise WrongSettings([f"The key store does not answer ({said}): see to {where}."]) from error
    except DatabaseError as error:
        where = "The database of KEYS_URL" if settings.keys_url else str(settings.shop_instance / "keys.db")
        raise WrongSettings([bond.unreadable(where, error)]) from error
    app.before_request(_check_first)


def check(settings: Settings) -> None:
    """Once every model is known: destroy again what a restore brought back.

    Raises WrongSettings when the key store is older than the data, or the erasure ledger is lost or altered.
    """
    try:
        bond.catch_up(settings)
    except (bond.Parted, LedgerNotWritten) as error:
        raise WrongSettings([str(error)]) from error


def check_first() -> None:
    """What `check` does, for a database that was out of reach at the start. Raises Parted, LedgerNotWritten."""
    if not bond.is_caught_up:
        bond.catch_up(active_settings())


def _check_first() -> None:
    if request.endpoint not in ANSWER_WITHOUT_DATABASE:
        check_first()
