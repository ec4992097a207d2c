"""Places, currencies, languages and clocks to choose from, as people call them."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from babel import Locale
from babel.localedata import locale_identifiers
from wtforms.fields.choices import SelectChoice

from ...addresses.countries import all_countries
from ..orders.print_forms import LABEL_SIZES

ENGLISH = Locale.parse("en")
# Continents of the clock; what stands outside them are old names for the same.
CONTINENTS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
# Money that people pay with; CLDR knows many more that are gone, or measure gold.
CURRENCIES = (
    *("AED", "AUD", "BGN", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK", "EGP", "EUR", "GBP", "HKD", "HUF"),
    *("IDR", "ILS", "INR", "ISK", "JPY", "KES", "KRW", "KWD", "MAD", "MXN", "MYR", "NOK", "NZD", "PEN", "PHP", "PLN"),
    *("RON", "RSD", "SAR", "SEK", "SGD", "THB", "TND", "TRY", "TWD", "UAH", "USD", "UYU", "VND", "ZAR"),
)


@cache
def countries() -> tuple[SelectChoice, ...]:
    return _sorted({code: f"{ENGLISH.territories[code]}" for code in all_countries()})


@cache
def currencies() -> tuple[SelectChoice, ...]:
    return _sorted({code: f"{ENGLISH.currencies[code]} ({code})" for code in CURRENCIES})


@cache
def locales() -> tuple[SelectChoice, ...]:
    """Every language of a country, which decides how money and dates are written."""
    found = {}
    for name in locale_identifiers():
        language, _, territory = name.partition("_")
        if len(territory) == 2 and territory.isalpha() and language in ENGLISH.languages:
            found[name] = f"{ENGLISH.languages[language]}, {ENGLISH.territories[territory]}"
    return _sorted(found)


def label_sheets() -> list[SelectChoice]:
    return [SelectChoice(code, words) for code, words in LABEL_SIZES.items()]


@cache
def time_zones() -> tuple[SelectChoice, ...]:
    known = (name for name in available_timezones() if name.partition("/")[0] in CONTINENTS)
    return _sorted({name: name.replace("_", " ").replace("/", ": ", 1) for name in (*known, "UTC")})


def _sorted(words: dict[str, str]) -> tuple[SelectChoice, ...]:
    return tuple(SelectChoice(value, label) for value, label in sorted(words.items(), key=lambda item: item[1]))
