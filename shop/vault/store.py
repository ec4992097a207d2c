"""The key store: a database apart from the shop's, with two tables that it makes itself.

`subject_key` has a row for every subject, whose wrapped key is emptied when the subject is forgotten; `secret` holds
the wrapped secret that blind indexes and the audit chain derive their keys from, and how far that chain goes.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import peewee
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ..config import Settings
from ..db import ImpersonalBlob, ImpersonalText, Sqlite, UtcDateTimeField, database_for, empty_log
from . import master
from .master import MasterKey, UnusableMasterKey, WrongMasterKey

ROOT_SECRET = "root"  # noqa: S105
ADVISORY_LOCK = 0x70616E6E

keys_db = peewee.DatabaseProxy()


class _KeyTable(peewee.Model):
    class Meta:
        database = keys_db
        legacy_table_names = False


class SubjectKey(_KeyTable):
    """The key of one subject: a person's profile, one order's contact, one cart. A destroyed one keeps its dates."""

    id = ImpersonalText(primary_key=True)
    retention_class = ImpersonalText()
    wrapped = ImpersonalBlob(null=True)
    created_at = UtcDateTimeField()
    expires_at = UtcDateTimeField(null=True, index=True)
    destroyed_at = UtcDateTimeField(null=True)


class Secret(_KeyTable):
    """A secret of the shop as a whole, wrapped like the subjects' keys."""

    name = ImpersonalText(primary_key=True)
    wrapped = ImpersonalBlob()


class _Opened:
    """What this process holds of the key store; replaced as a whole when the store is opened or rotated."""

    def __init__(self, key: MasterKey, root: bytes, file: Path | None) -> None:
        self.master, self.root, self.file = key, root, file
        self.derived: dict[str, bytes] = {}


_opened: _Opened | None = None
_reloading = threading.Lock()


def open_store(settings: Settings, *, may_make: bool = True) -> bool:
    """Connect, make the tables, find or make the master key. Raises UnusableMasterKey.

    False, and nothing made, when there is no key store and none may be made.
    """
    global _opened
    path = settings.shop_instance / "keys.db"
    for database in (path, settings.shop_instance / "shop.db"):
        if database.exists():
            master.refuse_if_open_to_others(database)
    if not (may_make or settings.keys_url or path.exists()):
        return False
    keys_db.initialize(database_for(settings.keys_url, path))
    file = None if settings.shop_master_key else settings.shop_instance / "master.key"
    # Closed again at once: a connection must not be older than the fork that a server may start its workers with.
    with keys_db.connection_context():
        if not (may_make or (keys_db.table_exists(Secret._meta.table_name) and Secret.select().exists())):
            return False
        make_key_tables()
        root = Secret.get_or_none(Secret.name == ROOT_SECRET)
        key = _master_key(settings.shop_master_key, file, is_first_start=root is None)
        if root is None:
            root = _make_root(MasterKey(key))
        _opened = _with_root(key, root, file)
    return True


@contextmanager
def connected() -> Iterator[None]:
    """A connection to the key store for this thread, given back to its pool at the end."""
    is_new = keys_db.connect(reuse_if_open=True)
    try:
        yield
    finally:
        if is_new:
            keys_db.close()


def wrap_as_of_now(name: str, key: bytes) -> bytes:
    """Wrapped with the master key in force; call it in the transaction that writes the row: rotations wait."""
    root = Secret.select().where(Secret.name == ROOT_SECRET)
    if not isinstance(keys_db.obj, Sqlite):
        root = root.for_update("FOR SHARE")  # type: ignore[arg-type]
    current = root.get()
    unwrap(ROOT_SECRET, bytes(current.wrapped))
    return _store().master.wrap(name, key)


def unwrap(name: str, wrapped: bytes) -> bytes:
    """Reads the master key's file again when another process has rotated it. Raises WrongMasterKey."""
    store = _store()
    try:
        return store.master.unwrap(name, wrapped)
    except WrongMasterKey:
        if store.file is None:
            raise
        return _reloaded(store).master.unwrap(name, wrapped)


def derived_key(purpose: str) -> bytes:
    """A key of 32 bytes for one purpose of the shop as a whole ("blind email"); the same in every process, for ever."""
    store = _store()
    if purpose not in store.derived:
        hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"pannier {purpose}".encode())
        store.derived[purpose] = hkdf.derive(store.root)
    return store.derived[purpose]


def backup_keys() -> dict[str, MasterKey]:
    """What wraps the keys of backup files: the master key, and one that outlives its rotations. Only for the data."""
    return {"master": _store().master, "root": MasterKey(derived_key("backup"))}


def keys_at_hand(settings: Settings) -> dict[str, MasterKey]:
    """What may open a backup where the shop does not run: the master key, and the key store's if one is there.

    Raises UnusableMasterKey.
    """
    file = None if settings.shop_master_key else settings.shop_instance / "master.key"
    if file is not None and not file.exists():
        raise UnusableMasterKey(
            f"{file} is missing, and no backup holds it: put the master key back first, or set SHOP_MASTER_KEY."
        )
    key = (
        master.read_file(file)
        if file is not None
        else master.decoded(settings.shop_master_key or "", "SHOP_MASTER_KEY")
    )
    try:
        if open_store(settings, may_make=False):
            return backup_keys()
    except (UnusableMasterKey, peewee.DatabaseError):
        pass
    return {"master": MasterKey(key)}


def remember(name: str, value: bytes) -> None:
    """Keep a small value beside the keys, sealed, where whoever can write the shop's database cannot."""
    with connected(), keys_db.atomic():
        wrapped = wrap_as_of_now(name, value)
        Secret.insert(name=name, wrapped=wrapped).on_conflict(
            conflict_target=[Secret.name], update={"wrapped": wrapped}
        ).execute()


def remembered(name: str) -> bytes | None:
    with connected():
        row = Secret.get_or_none(Secret.name == name)
        return None if row is None else unwrap(name, bytes(row.wrapped))


def rotate_master_key(new: bytes | None = None) -> None:
    """Wrap every key anew, so that old copies of the key store open with no key that is still kept.

    With a master key in a file `new` may be left out; with SHOP_MASTER_KEY set it to `new` and start the shop again.
    """
    global _opened
    store, key = _store(), new or master.new_key()
    if store.file is None and new is None:
        raise UnusableMasterKey("Pass the new master key: the shop cannot change SHOP_MASTER_KEY by itself.")
    if store.file is not None:
        master.write_next_file(store.file, key)
    with connected(), keys_db.atomic():
        _wrap_all_anew(store.master, MasterKey(key))
    if store.file is not None:
        master.next_file(store.file).replace(store.file)
    with connected():
        empty_log(keys_db.obj)
    _opened = _Opened(MasterKey(key), store.root, store.file)


def _store() -> _Opened:
    if _opened is None:
        raise RuntimeError("create_app() has not run in this process")
    return _opened


def make_key_tables() -> None:
    with keys_db.atomic():
        if not isinstance(keys_db.obj, Sqlite):
            keys_db.execute_sql("SELECT pg_advisory_xact_lock(%s)", (ADVISORY_LOCK,))
        keys_db.create_tables([SubjectKey, Secret])


def _master_key(given: str | None, file: Path | None, *, is_first_start: bool) -> bytes:
    if file is None:
        return master.decoded(given or "", "SHOP_MASTER_KEY")
    if not file.exists():
        if not is_first_start:
            raise UnusableMasterKey(
                f"{file} is missing, but the key store was made with a master key: put it back, or set SHOP_MASTER_KEY."
            )
        master.make_file(file, master.new_key())
    return master.read_file(file)


def _make_root(key: MasterKey) -> Secret:
    wrapped = key.wrap(ROOT_SECRET, master.new_key())
    Secret.insert(name=ROOT_SECRET, wrapped=wrapped).on_conflict_ignore().execute()
    return Secret.get_by_id(ROOT_SECRET)


def _with_root(key: bytes, root: Secret, file: Path | None) -> _Opened:
    candidate = MasterKey(key)
    try:
        return _Opened(candidate, candidate.unwrap(ROOT_SECRET, bytes(root.wrapped)), file)
    except WrongMasterKey:
        finished = _finish_rotation(root, file)
        if finished is None:
            where = "SHOP_MASTER_KEY" if file is None else str(file)
            raise UnusableMasterKey(f"{where} is not the master key that this key store was made with.") from None
        return finished


def _finish_rotation(root: Secret, file: Path | None) -> _Opened | None:
    """A rotation may have ended between wrapping the keys anew and putting the new master key in its place."""
    if file is None or not master.next_file(file).exists():
        return None
    candidate = MasterKey(master.read_file(master.next_file(file)))
    try:
        found = _Opened(candidate, candidate.unwrap(ROOT_SECRET, bytes(root.wrapped)), file)
    except WrongMasterKey:
        return None
    master.next_file(file).replace(file)
    return found


def _reloaded(store: _Opened) -> _Opened:
    global _opened
    assert store.file is not None
    with _reloading, connected():
        root = Secret.get_by_id(ROOT_SECRET)
        _opened = _with_root(master.read_file(store.file), root, store.file)
        return _opened


def _wrap_all_anew(old: MasterKey, new: MasterKey) -> None:
    for secret in Secret.select():
        wrapped = new.wrap(secret.name, old.unwrap(secret.name, bytes(secret.wrapped)))
        Secret.update(wrapped=wrapped).where(Secret.name == secret.name).execute()
    for row in list(SubjectKey.select(SubjectKey.id, SubjectKey.wrapped).where(SubjectKey.wrapped.is_null(False))):
        wrapped = new.wrap(row.id, old.unwrap(row.id, bytes(row.wrapped)))
        SubjectKey.update(wrapped=wrapped).where(SubjectKey.id == row.id).execute()
