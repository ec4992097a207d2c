"""Reading one backup file: all of it is proven before anything that was in it counts."""

from __future__ import annotations

import json
import shutil
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from ..vault.master import MasterKey
from .envelope import DamagedBackup, Head, NoKeyOpens, Reader, read_head
from .models import BackupKind
from .writing import DATABASE, MANIFEST, PICTURES, TABLES, Manifest

__all__ = ["DamagedBackup", "NoKeyOpens", "Opened", "Take", "read_backup", "told_by"]

Take = Callable[[str, BinaryIO], None]


@dataclass(frozen=True)
class Opened:
    """What a backup told of itself, all of it proven."""

    kind: BackupKind
    manifest: Manifest


def told_by(path: Path) -> Head:
    """What the file says it is, before any key is asked for. Raises DamagedBackup, OSError."""
    with path.open("rb") as file:
        return read_head(file)


def read_backup(
    path: Path,
    keys: Mapping[str, MasterKey],
    *,
    table: Take | None = None,
    picture: Take | None = None,
    database: Path | None = None,
    begin: Callable[[Manifest], None] | None = None,
) -> Opened:
    """Read the file to its end. The database goes to the file `database`, each table and picture to whoever takes it.

    Raises DamagedBackup and NoKeyOpens; what was taken until then must not be used.
    """
    with path.open("rb") as file:
        head = read_head(file)
        reader = Reader(file, head, keys)
        try:
            with tarfile.open(fileobj=cast(BinaryIO, reader), mode="r|") as tar:
                manifest = _manifest(tar)
                if begin is not None:
                    begin(manifest)
                _hand_out(tar, database, table, picture)
        except tarfile.TarError as error:
            raise DamagedBackup(f"its content cannot be read ({error})") from error
        reader.finish()
    if head.kind != manifest.kind:
        raise DamagedBackup("its first lines and its content differ")
    return Opened(head.kind, manifest)


def _manifest(tar: tarfile.TarFile) -> Manifest:
    first = tar.next()
    held = tar.extractfile(first) if first is not None and first.name == MANIFEST else None
    if held is None:
        raise DamagedBackup("it does not begin with what it holds")
    return Manifest(**json.loads(held.read()))


def _hand_out(tar: tarfile.TarFile, database: Path | None, table: Take | None, picture: Take | None) -> None:
    for member in tar:
        held = cast(BinaryIO, tar.extractfile(member))
        if member.name == DATABASE and database is not None:
            with database.open("wb") as written:
                shutil.copyfileobj(held, written)
        elif member.name.startswith(TABLES) and table is not None:
            table(member.name.removeprefix(TABLES), held)
        elif member.name.startswith(PICTURES) and picture is not None:
            picture(Path(member.name).name, held)
