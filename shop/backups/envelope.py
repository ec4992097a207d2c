"""The encrypted file: a line that says what it is, then AES-256-GCM in chunks that cannot be altered, moved or cut off.

Each file has a key of its own, wrapped in its head. A chunk's nonce is its number and whether it is the last one, and
its associated data the head: whatever was changed, left out, repeated or put elsewhere fails to open.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ..vault.master import MasterKey, WrongMasterKey, new_key
from .models import BackupKind

MAGIC = b"PANNIER BACKUP 1\n"
CHUNK = 256 * 1024
TAG = 16
HEAD_AT_MOST = 4096
WRAPPED_AS = "backup"
TOGETHER, LAST = b"\0", b"\1"


class DamagedBackup(Exception):
    """The file is no backup, or was altered or cut off; the text says where."""


class NoKeyOpens(Exception):
    """The backup was made under a master key that is not at hand."""


@dataclass(frozen=True)
class Head:
    """What a backup says of itself without any key; nothing of it can be altered unseen."""

    kind: BackupKind
    made_at: datetime
    wrapped: Mapping[str, str]
    line: bytes


class Writer:
    """Encrypts what is written to it. `close` writes the last chunk: a file without one counts as cut off."""

    def __init__(self, file: BinaryIO, *, kind: BackupKind, made_at: datetime, keys: Mapping[str, MasterKey]) -> None:
        key = new_key()
        wrapped = {name: base64.b64encode(each.wrap(WRAPPED_AS, key)).decode() for name, each in keys.items()}
        told = {"kind": kind, "made_at": made_at.astimezone(UTC).isoformat(), "keys": wrapped}
        line = MAGIC + json.dumps(told).encode() + b"\n"
        self._file, self._chunks, self._waiting = file, _Chunks(key, line), bytearray()
        file.write(line)

    def write(self, data: bytes) -> int:
        self._waiting += data
        while len(self._waiting) > CHUNK:
            self._file.write(self._chunks.sealed(bytes(self._waiting[:CHUNK]), TOGETHER))
            del self._waiting[:CHUNK]
        return len(data)

    def close(self) -> None:
        self._file.write(self._chunks.sealed(bytes(self._waiting), LAST))


class Reader:
    """Gives back what was written, each chunk proven before any byte of it is given. Raises DamagedBackup."""

    def __init__(self, file: BinaryIO, head: Head, keys: Mapping[str, MasterKey]) -> None:
        self._file, self._chunks = file, _Chunks(_unwrapped(head, keys), head.line)
        self._opened, self._next = b"", file.read(CHUNK + TAG)
        self._is_over = False

    def read(self, size: int = -1) -> bytes:
        while not self._is_over and (size < 0 or len(self._opened) < size):
            self._open_one()
        given, self._opened = (self._opened, b"") if size < 0 else (self._opened[:size], self._opened[size:])
        return given

    def finish(self) -> None:
        """Read to the end, so that a file that was cut off anywhere is noticed."""
        while not self._is_over:
            self._opened = b""
            self._open_one()

    def _open_one(self) -> None:
        sealed, self._next = self._next, self._file.read(CHUNK + TAG)
        self._is_over = not self._next
        self._opened += self._chunks.opened(sealed, LAST if self._is_over else TOGETHER)


class _Chunks:
    def __init__(self, key: bytes, line: bytes) -> None:
        self._cipher, self._told, self._number = AESGCM(key), hashlib.sha256(line).digest(), 0

    def sealed(self, plain: bytes, place: bytes) -> bytes:
        sealed = self._cipher.encrypt(self._nonce(place), plain, self._told)
        self._number += 1
        return sealed

    def opened(self, sealed: bytes, place: bytes) -> bytes:
        try:
            plain = self._cipher.decrypt(self._nonce(place), sealed, self._told)
        except InvalidTag:
            raise DamagedBackup(self._what_is_wrong(sealed, place)) from None
        self._number += 1
        return plain

    def _what_is_wrong(self, sealed: bytes, place: bytes) -> str:
        try:
            self._cipher.decrypt(self._nonce(TOGETHER), sealed, self._told)
        except InvalidTag:
            return f"it was altered, or cut off, at byte {self._number * (CHUNK + TAG):,} of its content"
        return "it is cut off: its end is missing"

    def _nonce(self, place: bytes) -> bytes:
        return self._number.to_bytes(11) + place


def read_head(file: BinaryIO) -> Head:
    """Raises DamagedBackup."""
    line = file.readline(HEAD_AT_MOST)
    if line != MAGIC:
        raise DamagedBackup("it is no backup of this shop's kind")
    told = file.readline(HEAD_AT_MOST)
    try:
        found = json.loads(told)
        made_at = datetime.fromisoformat(found["made_at"])
        return Head(BackupKind(found["kind"]), made_at, dict(found["keys"]), line + told)
    except (ValueError, KeyError, TypeError):
        raise DamagedBackup("its first lines were altered") from None


def _unwrapped(head: Head, keys: Mapping[str, MasterKey]) -> bytes:
    for name, wrapped in head.wrapped.items():
        if name in keys:
            try:
                return keys[name].unwrap(WRAPPED_AS, base64.b64decode(wrapped))
            except (WrongMasterKey, ValueError):
                continue
    raise NoKeyOpens(
        "no key that is at hand opens it: it was made under another master key (rotating the master key ends the "
        "key store's backups), or its first lines were altered"
    )
