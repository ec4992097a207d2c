"""Data and key store belong together: each start looks whether it finds the two that were used together before.

The data holds a fingerprint of the key store's secret, and the key store remembers that there is data. A shop that
started with one of them lost or exchanged would show everything personal as removed, and seal anew under other keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from peewee import DatabaseError, OperationalError, ProgrammingError

from ..config import Settings
from ..config import settings as active_settings
from ..db import close_connection, db, open_connection
from .erasures import follow
from .fields import sealed_models
from .ledger import BrokenLedger
from .models import KeyStoreBond
from .store import SubjectKey, connected, derived_key, open_store, remember, remembered

HAS_DATA = "data"
MIGRATED = "schema_migration"
PUT_BACK = "flask --app wsgi shop restore"
WITHOUT_LEDGER = (
    "Until it has followed the erasure ledger the shop must not serve, for a restore may have brought back what was "
    f"destroyed. Put the ledger back as it was. If it is lost for good, {PUT_BACK} --new-ledger makes one of what the "
    "key store itself knows."
)


# Not yet while the database did not answer at the start: /readyz and the first request look again.
is_caught_up = False


class Parted(Exception):
    """Data and key store do not belong together, or one of them is lost; the text is for whoever starts the shop."""


def open_bonded(settings: Settings) -> None:
    """Open the key store if it is the data's own, or the first of both. Raises Parted, UnusableMasterKey."""
    global is_caught_up
    is_caught_up = False
    with _looking() as answers:
        has_data = answers and db.table_exists(MIGRATED)
        if not open_store(settings, may_make=answers and not has_data):
            raise Parted(_lost_keys(settings) if answers else "A database of the shop does not answer: DATABASE_URL.")
        if answers:
            _compare(settings, has_data=has_data)


def bond() -> None:
    """Note in the migrated data and in the key store that they belong together."""
    KeyStoreBond.insert(id=1, fingerprint=derived_key("fingerprint"), erasures=0).on_conflict_ignore().execute()
    if remembered(HAS_DATA) is None:
        remember(HAS_DATA, b"1")


def _compare(settings: Settings, *, has_data: bool) -> None:
    if not has_data:
        if remembered(HAS_DATA) is not None:
            raise Parted(_lost_data(settings))
        return
    known = KeyStoreBond.get_or_none() if db.table_exists(KeyStoreBond._meta.table_name) else None
    if known is not None and bytes(known.fingerprint) != derived_key("fingerprint"):
        raise Parted(_other_keys(settings))


def catch_up(settings: Settings) -> int:
    """Destroy again what a restore brought back; how many subjects. Call it once all models are known.

    Raises Parted when the ledger cannot be believed, or the newest rows were sealed with keys that this key store
    never had: a key is there before anything is sealed with it, and its row stays for ever.
    """
    global is_caught_up
    with _looking() as answers:
        if not answers:
            return 0
        try:
            again = follow()
        except BrokenLedger as error:
            raise Parted(f"{error} {WITHOUT_LEDGER}") from error
        except (OperationalError, ProgrammingError):
            # A migration is still to make what is looked at: once it has, the first request looks again.
            return 0
        if db.table_exists(MIGRATED) and unknown_subjects(_newest_subjects()):
            raise Parted(_older_keys(settings))
        is_caught_up = True
        return again


def unknown_subjects(subjects: set[str]) -> set[str]:
    """Those that the key store never heard of."""
    with connected():
        return subjects - {row.id for row in SubjectKey.select(SubjectKey.id).where(SubjectKey.id.in_(subjects))}


def _newest_subjects() -> set[str]:
    """Of each table with sealed values; what a migration is still to make holds none."""
    tables = set(db.get_tables())
    newest = [
        model.select(model.subject).order_by(model.id.desc()).first()
        for model in sealed_models()
        if model._meta.table_name in tables
    ]
    return {row.subject for row in newest if row is not None}


@contextmanager
def _looking() -> Iterator[bool]:
    """A connection to the data, while the block lasts; False when there is none to be had. Raises Parted for what is no
    database any more."""
    try:
        is_new = open_connection()
    except OperationalError:
        yield False
        return
    except DatabaseError as error:
        raise Parted(unreadable(_data(active_settings()), error)) from error
    try:
        yield True
    finally:
        if is_new:
            close_connection()


def _lost_keys(settings: Settings) -> str:
    return (
        f"The key store is lost: {_keys(settings)} is empty or missing, but {_data(settings)} was sealed with it. "
        f"Put the key store back ({PUT_BACK}, with the newest key store backup). Only if the data may go too, and the "
        f"shop shall begin anew, empty both."
    )


def _other_keys(settings: Settings) -> str:
    return (
        f"{_keys(settings)} is another shop's key store: {_data(settings)} was not sealed with it. "
        f"Put this shop's own key store back ({PUT_BACK}, with its newest backup)."
    )


def _older_keys(settings: Settings) -> str:
    return (
        f"{_keys(settings)} is older than {_data(settings)}: what was sealed last was sealed with keys it never had. "
        f"Put the newest key store back. If there is none newer, {PUT_BACK} --older-keys starts without what is lost."
    )


def _lost_data(settings: Settings) -> str:
    return (
        f"The data is lost: {_data(settings)} is empty or missing, but {_keys(settings)} belongs to a shop that had "
        f"some. Put the data back ({PUT_BACK}, with the newest backup). Only if the shop shall begin anew, empty both."
    )


def unreadable(place: str | Path, error: DatabaseError) -> str:
    said = str(error).partition("\n")[0]
    return f"{place} cannot be read ({said}). See what happened to it, or put its newest backup back ({PUT_BACK})."


def _keys(settings: Settings) -> str | Path:
    return "the database of KEYS_URL" if settings.keys_url else settings.shop_instance / "keys.db"


def _data(settings: Settings) -> str | Path:
    return "the database of DATABASE_URL" if settings.database_url else settings.shop_instance / "shop.db"
