"""One sealed value: version byte, nonce, AES-256-GCM text; tied to its table, column and subject."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .keys import key_of

VERSION = b"\x01"
NONCE_BYTES = 12


class Tampered(Exception):
    """A sealed value was altered, or stands in a row or column that it was not sealed for."""


class KeyGone(Exception):
    """Nothing can be sealed for this subject: its key was destroyed, has expired, or never was."""


class Ciphertext(bytes):
    """A value as the database keeps it; only this may be written to a sealed column."""


class Removed(str):
    """What a sealed value reads as once its key is gone; prints in plain words, `value is REMOVED` asks for it."""


REMOVED = Removed("removed")


def seal(text: str, *, table: str, column: str, subject: str) -> Ciphertext:
    """Raises KeyGone when the subject has no key any more, or the text is itself what is left of a removed value."""
    if text is REMOVED:
        raise KeyGone("a removed value cannot be sealed again: whoever copied it should ask `is REMOVED` first")
    key = key_of(subject)
    if key is None:
        raise KeyGone(f"subject {subject} has no key: make one with new_subject()")
    return Ciphertext(_sealed(key, text.encode(), _place(table, column, subject)))


def unseal(sealed: bytes, *, table: str, column: str, subject: str) -> str:
    """The text, or REMOVED when the key is gone. Raises Tampered."""
    key = key_of(subject)
    if key is None:
        return REMOVED
    try:
        return _opened(key, sealed, _place(table, column, subject)).decode()
    except InvalidTag:
        raise Tampered(f"{table}.{column} of subject {subject} was altered, or belongs elsewhere") from None


def _sealed(key: AESGCM, plain: bytes, place: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + key.encrypt(nonce, plain, place)


def _opened(key: AESGCM, sealed: bytes, place: bytes) -> bytes:
    if sealed[:1] != VERSION or len(sealed) < len(VERSION) + NONCE_BYTES + 16:
        raise InvalidTag
    return key.decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], place)


def _place(table: str, column: str, subject: str) -> bytes:
    return VERSION + "\0".join((table, column, subject)).encode()
