"""Phone numbers: kept as E.164, shown as people write them."""

from __future__ import annotations

from typing import Any

import phonenumbers
from phonenumbers import PhoneNumberFormat

from .config import settings


def readable(kept: Any) -> str:
    """As it is dialled from the shop's own country: "(213) 555-0134" at home, "+44 20 7946 0018" from elsewhere.

    What is no number, such as the word for what was removed, comes back as it is.
    """
    try:
        number = phonenumbers.parse(str(kept))
    except phonenumbers.NumberParseException:
        return str(kept)
    is_ours = number.country_code == phonenumbers.country_code_for_region(settings().country)
    form = PhoneNumberFormat.NATIONAL if is_ours else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)


def international(kept: str) -> str:
    """In groups and with its country: a form that is read back in any country means the same number."""
    try:
        number = phonenumbers.parse(kept)
    except phonenumbers.NumberParseException:
        return kept
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
