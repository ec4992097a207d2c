"""Order numbers: random, so that they tell nothing about how much is sold; short enough to say on the phone."""

from __future__ import annotations

import re
import secrets

# Crockford's base 32: no letter that is read as a digit.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
HALF = 4
_READ_AS = str.maketrans("OIL", "011")


def new_number() -> str:
    """A number such as "K7QM-3RTX", one of 2^40; whoever writes it must still expect the rare one that is taken."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(2 * HALF))
    return f"{signs[:HALF]}-{signs[HALF:]}"


def as_number(typed: str) -> str | None:
    """The number that was meant by "k7qm 3rtx" or "K7QM3RTX"; None when it cannot be one."""
    signs = _signs(typed)
    return f"{signs[:HALF]}-{signs[HALF:]}" if signs and len(signs) == 2 * HALF else None


def as_half(typed: str) -> str | None:
    """The first or last four signs of a number, as people say them; None when they cannot be."""
    signs = _signs(typed)
    return signs if signs and len(signs) == HALF else None


def _signs(typed: str) -> str | None:
    signs = re.sub(r"[\s-]", "", typed).upper().translate(_READ_AS)
    return signs if all(sign in ALPHABET for sign in signs) else None
