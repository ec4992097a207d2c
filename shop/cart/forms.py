"""What shoppers type into the cart's forms, and what is wrong with it in their words."""

from __future__ import annotations

import re

from .services import QUANTITY_AT_MOST, Refused

WHOLE_NUMBER = re.compile(r"[+-]?[0-9]+")
ID = re.compile(r"[0-9]{1,9}")
TYPED_AT_MOST = 40


class WrongQuantity(Refused):
    """What was typed is no quantity."""


def quantity_in(typed: str) -> int:
    """A quantity from 1 to 999; raises WrongQuantity."""
    text = typed.strip()
    if not text:
        raise WrongQuantity("Say how many you want.")
    if not WHOLE_NUMBER.fullmatch(text):
        raise WrongQuantity("Use a whole number in digits, such as 2.")
    if text.startswith("-") or not text.strip("+0"):
        raise WrongQuantity("The quantity must be 1 or more.")
    if len(text.lstrip("+0")) > 9 or int(text) > QUANTITY_AT_MOST:
        raise WrongQuantity(f"At most {QUANTITY_AT_MOST} of one thing fit into a cart.")
    return int(text)


def stepped(typed: str, step: str) -> int:
    """The quantity typed, or one less or more of it when that button was pressed; raises WrongQuantity."""
    quantity = quantity_in(typed)
    if step == "less" and quantity == 1:
        raise WrongQuantity("The quantity must be 1 or more. To take it out, choose Remove.")
    return quantity_in(str(quantity + {"less": -1, "more": 1}.get(step, 0)))


def variant_in(typed: str) -> int:
    """A variant's id; raises Refused when none was chosen. One that cannot exist is 0, which is never for sale."""
    if not typed.strip():
        raise Refused("Choose which one you want.")
    return int(typed) if ID.fullmatch(typed.strip()) else 0


def kept(typed: str) -> str:
    """What was typed, as much of it as goes back into its field: no control characters, which pages cannot hold."""
    return "".join(letter for letter in typed if letter.isprintable())[:TYPED_AT_MOST]
