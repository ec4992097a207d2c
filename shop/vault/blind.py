"""Finding a sealed value without reading it: the full HMAC-SHA256 of its normal form, under a key of its own."""

from __future__ import annotations

import hmac
import re
import unicodedata

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from ..config import settings
from .store import derived_key


def blind(kind: str, text: str) -> bytes | None:
    """What `text` stands as in a blind index of `kind` ("email", "phone"); None when there is nothing in it."""
    normal = NORMAL_FORMS[kind](text)
    return hashed(kind, normal) if normal else None


def hashed(kind: str, normal: str) -> bytes:
    return hmac.digest(derived_key(f"blind {kind}"), normal.encode(), "sha256")


def normal_email(text: str) -> str:
    """One spelling for one mailbox: lower case, composed letters, the domain as people write it."""
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        return unicodedata.normalize("NFC", text.strip()).lower()


def normal_phone(text: str) -> str:
    """E.164, read in the shop's country when there is no country in it."""
    try:
        number = phonenumbers.parse(text, settings().country)
    except phonenumbers.NumberParseException:
        return re.sub(r"\D", "", text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


NORMAL_FORMS = {"email": normal_email, "phone": normal_phone}


def name_words(*names: str | None) -> set[str]:
    """The words of names as they are looked up: without case, accents or punctuation."""
    bare = unicodedata.normalize("NFKD", " ".join(name for name in names if name)).casefold()
    letters = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return set(re.findall(r"[^\W_]+", letters))
