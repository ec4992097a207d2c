"""Passwords: argon2id hashes, and which passwords are good enough."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST_ALONE = 15
SHORTEST_WITH_SECOND_FACTOR = 8
LONGEST = 1_000
SHORTEST_WORD = 3
# Signs that stand for letters in what people take for a disguise: "P@ssw0rd".
DISGUISES = str.maketrans("@4310$57", "aaeiosst")
# As fingers walk over a keyboard or a child counts; each also backwards.
RUNS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "azertyuiop", "qwertzuiop", "abcdefghijklmnopqrstuvwxyz")
RUN_LENGTH = 4
TOO_COMMON = "This password is among the first that an attacker tries. Choose another."
ABOUT_YOU = "This password is little more than your own address or the shop's name. Choose another."

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


def objection(password: str, *, has_second_factor: bool = False, about: Collection[str] = ()) -> str | None:
    """Why this password will not do, as a sentence for whoever chose it; None when it will.

    `about` is what anybody knows of the account: its address, its name, the shop's.
    """
    shortest = SHORTEST_WITH_SECOND_FACTOR if has_second_factor else SHORTEST_ALONE
    if len(_normal(password)) < shortest:
        return f"Use at least {shortest} characters; a few words together are easy to remember."
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters."
    plain = _normal(password).casefold()
    if _is_common(plain):
        return TOO_COMMON
    if about and _is_about(plain, about):
        return ABOUT_YOU
    return None


def _is_common(password: str) -> bool:
    """Known by itself, or one known word, run of keys or few letters over and over, whatever signs are put between."""
    if password in _common() or _repeats(password):
        return True
    letters = re.sub(r"[\W\d_]", "", password)
    undisguised = re.sub(r"[\W\d_]", "", password.translate(DISGUISES))
    return any(word in _common() or _repeats_a_word(word) or _is_all_runs(word) for word in (letters, undisguised))


def _repeats(password: str) -> bool:
    return any(password == (password[:size] * len(password))[: len(password)] for size in range(1, 5))


def _repeats_a_word(letters: str) -> bool:
    sizes = range(SHORTEST_WORD, len(letters) // 2 + 1)
    return any(
        letters[:size] in _common() and letters == (letters[:size] * len(letters))[: len(letters)] for size in sizes
    )


def _is_all_runs(letters: str) -> bool:
    """Whether nothing is left of it without its runs along the keyboard."""
    left = letters
    for run in sorted(_runs(), key=len, reverse=True):
        left = left.replace(run, "")
    return len(left) < SHORTEST_WORD


def _is_about(password: str, about: Collection[str]) -> bool:
    words = {word for text in about for word in re.findall(r"[^\W\d_]+", _normal(text).casefold())}
    left = re.sub(r"[\W\d_]", "", password)
    for word in sorted((word for word in words if len(word) >= SHORTEST_WORD), key=len, reverse=True):
        left = left.replace(word, "")
    return len(left) <= SHORTEST_WORD


def _normal(password: str) -> str:
    """One spelling for the same keys on different keyboards."""
    return unicodedata.normalize("NFKC", password)


@cache
def _common() -> frozenset[str]:
    return frozenset((Path(__file__).parent / "common_passwords.txt").read_text().split())


@cache
def _runs() -> frozenset[str]:
    return frozenset(
        way[start:end]
        for run in RUNS
        for way in (run, run[::-1])
        for start in range(len(way))
        for end in range(start + RUN_LENGTH, len(way) + 1)
    )


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("nobody's password")
