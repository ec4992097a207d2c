"""A second factor's codes, of an app and for recovery: what those of customers and of staff have in common."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass

import pyotp
import segno

from . import clock
from .config import settings
from .vault import derived_key

STEP_SECONDS, DRIFT = 30, 1
RECOVERY_CODES, CODE_GROUPS, GROUP_LETTERS = 10, 3, 4
# No letter or digit that is easily taken for another.
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
APP_CODE_DIGITS = 6


class WrongCode(Exception):
    """The code is wrong, was used already, or belongs to another time."""


def new_secret() -> str:
    """What an app and the shop work out the same codes from."""
    return str(pyotp.random_base32())


@dataclass(frozen=True)
class AppShown:
    """How a secret gets into an app: by a picture, by a link on the same device, or typed in groups."""

    picture: str
    address: str
    secret: str


def app_shown(secret: str, *, account: str) -> AppShown:
    """`account` is what the app calls it, an e-mail; `picture` is an address for an <img>."""
    address = str(pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=settings().shop_name))
    picture = str(segno.make(address, micro=False).svg_data_uri(scale=6, border=2))
    return AppShown(picture, address, " ".join(_groups(secret)))


def present_step() -> int:
    """The half minute it is; each has a code of its own."""
    return int(clock.now().timestamp()) // STEP_SECONDS


def step_of(secret: str, code: str) -> int | None:
    """The half minute a code belongs to, if it counts now: it does for its own and the one on either side.

    Whoever takes it notes the step and takes none that is not later, so that no code counts twice.
    """
    totp, now, typed = pyotp.TOTP(secret), present_step(), tidy(code)
    steps = range(now - DRIFT, now + DRIFT + 1)
    return next((step for step in steps if hmac.compare_digest(totp.generate_otp(step), typed)), None)


def code_after(secret: str, last_step: int) -> str | None:
    """The first code that counts now and was not used; None when all of them were."""
    now = present_step()
    step = max(now - DRIFT, last_step + 1)
    return str(pyotp.TOTP(secret).generate_otp(step)) if step <= now + DRIFT else None


def is_app_code(code: str) -> bool:
    """Whether it looks like one of an app's codes, and not like a recovery code."""
    typed = tidy(code)
    return len(typed) == APP_CODE_DIGITS and typed.isdecimal()


def new_recovery_codes() -> list[str]:
    """As people keep them: abcd-efgh-jkmn."""
    length = CODE_GROUPS * GROUP_LETTERS
    codes = ["".join(secrets.choice(LETTERS) for _ in range(length)) for _ in range(RECOVERY_CODES)]
    return ["-".join(_groups(code)) for code in codes]


def recovery_hash(owner: str, code: str) -> bytes:
    """Keyed, and random enough that it needs no slow hash. `owner` says whose it is."""
    return hmac.digest(derived_key("recovery codes"), f"{owner} {tidy(code)}".encode(), "sha256")


def tidy(code: str) -> str:
    """As people type or paste it: with blanks, dashes or in capitals."""
    return "".join(letter for letter in code.lower() if letter.isascii() and letter.isalnum())


def _groups(text: str) -> list[str]:
    return [text[start : start + GROUP_LETTERS] for start in range(0, len(text), GROUP_LETTERS)]
