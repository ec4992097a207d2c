"""Passwords are kept as argon2id hashes, and those that anyone would guess are refused."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from shop.passwords import hash_password, needs_rehash, objection, verify_password

GOOD = "nine ferns and a strap"


def test_a_hash_is_argon2id_and_fits_its_password_alone() -> None:
    hashed = hash_password(GOOD)
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert verify_password(hashed, GOOD)
    assert not verify_password(hashed, GOOD + " ")
    assert not verify_password(hashed, "")


def test_the_same_password_is_hashed_differently_each_time() -> None:
    assert hash_password(GOOD) != hash_password(GOOD)


@pytest.mark.parametrize("hashed", [None, "", "not a hash", "$argon2id$v=19$m=8,t=1,p=1$AAAA"])
def test_an_unknown_account_or_a_broken_hash_fits_nothing(hashed: str | None) -> None:
    assert not verify_password(hashed, GOOD)
    assert not verify_password(hashed, "nobody's password")


def test_the_same_keys_on_another_keyboard_fit() -> None:
    assert verify_password(hash_password("caf\u00e9 au lait, deux"), "cafe\u0301 au lait, deux")


def test_a_weaker_hash_asks_to_be_made_again() -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(GOOD)
    assert verify_password(weak, GOOD)
    assert needs_rehash(weak)
    assert not needs_rehash(hash_password(GOOD))


@pytest.mark.parametrize("password", [GOOD, "žluťoučký kůň pěl", "a" * 7 + "b" * 8, "x7#kQ9!mZ2@pL5w"])
def test_long_passwords_of_any_letters_will_do(password: str) -> None:
    assert objection(password) is None


@pytest.mark.parametrize(
    "password",
    ["", "fourteen chars", "passwordpassword", "Password12345678", "aaaaaaaaaaaaaaaaaaaa", "qwertyuiopasdfgh"[:15]]
    + ["123456789012345", "abcabcabcabcabcabc", "!!monkey!!2024!!!", "iloveyouiloveyou", "x" * 500 + "y" * 501],
)
def test_short_endless_and_guessable_passwords_are_refused_with_a_reason(password: str) -> None:
    reason = objection(password)
    assert reason is not None
    assert reason.endswith(".")
    assert password == "" or password not in reason


def test_a_second_factor_makes_eight_enough_but_not_a_common_one() -> None:
    assert objection("k7Rq-9ad")
    assert objection("k7Rq-9ad", has_second_factor=True) is None
    assert objection("k7Rq-9a", has_second_factor=True)
    assert objection("Dragon99", has_second_factor=True)


@pytest.mark.parametrize(
    "password",
    ["correcthorsebatterystaple", "Correct-Horse-Battery-Staple-1", "P@ssw0rd!P@ssw0rd!", "1q2w3e4r5t6y7u8i9o0p"]
    + ["Qwerty!Asdfgh!2024", "zaq12wsxcde34rfv", "manchesterunited", "gfedcba-7654321-poiuyt", "dragon.dragon.dragon"],
)
def test_disguises_runs_of_keys_and_famous_phrases_are_seen_through(password: str) -> None:
    assert objection(password)


@pytest.mark.parametrize(
    "password",
    ["caro.customers.2026", "Fern & Strap 2026", "!!caro reed caro reed!!", "FERNSTRAPFERNSTRAP", "reed1234567890123"],
)
def test_what_anybody_knows_of_the_account_is_no_password(password: str) -> None:
    about = ("Fern & Strap", "caro@customers.example", "Caro Reed")
    assert objection(password, about=about) is not None
    assert objection("a reed bends in any wind", about=about) is None
