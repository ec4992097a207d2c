"""Passwords: argon2id hashes, and which passwords are good enough."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST_ALONE = 15
SHORTEST_WITH_SECOND_FACTOR = 8
LONGEST = 1_000

# OWASP's figures for argon2id: 19 MiB, two passes, one lane.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)


def hash_password(password: str) -> str:
    return _hasher.hash(_normal(password))


def verify_password(hashed: str | None, password: str) -> bool:
    """Whether the password fits. Give None for an unknown account: it takes as long, and the answer is no."""
    try:
        return _hasher.verify(hashed or _nobodys_hash(), _normal(password)) and bool(hashed)
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(hashed: str) -> bool:
    """Whether the hash was made with weaker figures than today's; hash the password again at sign-in."""
    return _hasher.check_needs_rehash(hashed)


def objection(password: str, *, has_second_factor: bool = False) -> str | None:
    """Why this password will not do, as a sentence for whoever chose it; None when it will."""
    shortest = SHORTEST_WITH_SECOND_FACTOR if has_second_factor else SHORTEST_ALONE
    if len(_normal(password)) < shortest:
        return f"Use at least {shortest} characters; a few words together are easy to remember."
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters."
    if _is_common(_normal(password).casefold()):
        return "This password is among the first that an attacker tries. Choose another."
    return None


def is_acceptable(password: str, *, has_second_factor: bool = False) -> bool:
    return objection(password, has_second_factor=has_second_factor) is None


def _is_common(password: str) -> bool:
    """Common by itself, or a common word, a run of keys or a single letter over and over."""
    if password in _common() or password.strip("0123456789!?.-_ ") in _common() | {""}:
        return True
    return any(password == (password[:size] * len(password))[: len(password)] for size in range(1, 5)) or any(
        password == (word * len(password))[: len(password)] for word in _common() if len(word) <= len(password)
    )


def _normal(password: str) -> str:
    """One spelling for the same keys on different keyboards."""
    return unicodedata.normalize("NFKC", password)


@cache
def _common() -> frozenset[str]:
    return frozenset((Path(__file__).parent / "common_passwords.txt").read_text().split())


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("nobody's password")
