"""The master key: wraps every other key. From SHOP_MASTER_KEY, or a file of 0600 that the first start makes."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import stat
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ..files import make_private_file, replace_private_file

KEY_BYTES = 32
NONCE_BYTES = 12


class WrongMasterKey(Exception):
    """A wrapped key does not open with this master key."""


class UnusableMasterKey(Exception):
    """The master key is missing, malformed or open to others; the text is for whoever starts the shop."""


class MasterKey:
    """Wraps and unwraps keys; `name` ties a wrapped key to its row."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def wrap(self, name: str, key: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, key, name.encode())

    def unwrap(self, name: str, wrapped: bytes) -> bytes:
        """Raises WrongMasterKey."""
        try:
            return self._cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], name.encode())
        except InvalidTag:
            raise WrongMasterKey(name) from None


def new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def decoded(text: str, where: str) -> bytes:
    """Raises UnusableMasterKey, naming `where` the text came from."""
    try:
        key = base64.b64decode(text.strip().replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise UnusableMasterKey(f"{where} must be 32 random bytes in base64, as `openssl rand -base64 32` prints them.")
    return key


def read_file(path: Path) -> bytes:
    """Raises UnusableMasterKey, and FileNotFoundError."""
    refuse_if_open_to_others(path)
    return decoded(path.read_text(), str(path))


def make_file(path: Path, key: bytes) -> None:
    """Write the key, whole or not at all; whoever comes first wins, and the others read that one."""
    make_private_file(path, _as_text(key))


def next_file(path: Path) -> Path:
    """Where the coming master key waits while a rotation is under way."""
    return path.with_name(path.name + ".next")


def write_next_file(path: Path, key: bytes) -> None:
    replace_private_file(next_file(path), _as_text(key))


def refuse_if_open_to_others(path: Path) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise UnusableMasterKey(f"{path} can be read by others (mode {mode:04o}): run chmod 600 {path}")


def _as_text(key: bytes) -> bytes:
    return base64.b64encode(key) + b"\n"
