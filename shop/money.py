"""Money is a whole number of the currency's smallest unit (`*_cents`); this is the one place that formats it."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from babel import Locale
from babel.numbers import (
    format_currency,
    format_decimal,
    format_percent,
    get_currency_precision,
    get_decimal_symbol,
    get_group_symbol,
)

from .config import settings

# What fits into a column of cents, and into a sum of them, many times over.
CENTS_AT_MOST = 10**11


class WrongAmount(ValueError):
    """What was typed is no amount of money; the message says why, for whoever typed it."""


def as_decimal(cents: int, currency: str = "") -> Decimal:
    """1999 -> Decimal("19.99") in USD, 1999 in JPY: what gateways, feeds and files want. An old order may bring a
    `currency` of its own."""
    return Decimal(cents).scaleb(-int(get_currency_precision(currency or settings().currency)))


def from_decimal(amount: Decimal) -> int:
    """Decimal("19.99") -> 1999 in USD. Raises ValueError when it has more digits than the currency."""
    cents = amount.scaleb(settings().currency_exponent)
    if cents != cents.to_integral_value():
        raise ValueError(f"{amount} has more digits than {settings().currency} has")
    return int(cents)


def money(cents: int, currency: str = "") -> str:
    """As a shopper reads it, in the shop's locale: "$19.99". An old order may bring a `currency` of its own."""
    code = currency or settings().currency
    return str(format_currency(as_decimal(cents, code), code, locale=settings().locale))


def round_money(cents: int, currency: str = "") -> str:
    """The same without what follows the point, for a chart's axis: "$2,000"."""
    code = currency or settings().currency
    pattern = Locale.parse(settings().locale).currency_formats["standard"].pattern
    whole = pattern.replace("0.00", "0")
    return str(format_currency(as_decimal(cents, code), code, whole, locale=settings().locale, currency_digits=False))


def percent(ppm: int) -> str:
    """A rate in parts per million as a shopper reads it: 95,000 is "9.5%"."""
    pattern = Locale.parse(settings().locale).percent_formats[None].pattern.replace("#,##0", "#,##0.####")
    return str(format_percent(Decimal(ppm) / 1_000_000, pattern, locale=settings().locale))


def typed_amount(cents: int) -> str:
    """As somebody types it into a form, in the shop's locale: "19.99", "19,99", "1999" for yen."""
    digits = settings().currency_exponent
    pattern = "0" if not digits else f"0.{'0' * digits}"
    return str(format_decimal(as_decimal(cents), pattern, locale=settings().locale))


def read_amount(text: str) -> int:
    """Minor units of what somebody typed in the shop's locale, or with a point where it has a comma.

    Raises WrongAmount.
    """
    bare = _bare(text)
    if not re.fullmatch(r"[0-9][0-9.,]*|[.,][0-9]+", bare):
        raise WrongAmount(f"This is not an amount such as {typed_amount(_EXAMPLE)}.")
    whole, digits = _parted(bare)
    if len(digits) > settings().currency_exponent:
        raise WrongAmount(_too_fine())
    cents = int((whole + digits.ljust(settings().currency_exponent, "0")) or "0")
    if cents > CENTS_AT_MOST:
        raise WrongAmount(f"This is more than {money(CENTS_AT_MOST)}.")
    return cents


_EXAMPLE = 1250


def _too_fine() -> str:
    exponent, code = settings().currency_exponent, settings().currency
    if not exponent:
        return f"{code} has no digits after the point: type a whole number."
    return f"{code} has {exponent} digits after the {'comma' if _decimal() == ',' else 'point'}, and no more."


def _bare(text: str) -> str:
    """Without the currency and blanks, in European digits."""
    for sign in (settings().currency, *re.findall(r"[^\d\s.,]+", money(_EXAMPLE))):
        text = text.replace(sign, "")
    kept = [letter for letter in text if unicodedata.category(letter) not in {"Sc", "Zs"} and letter not in "'\u2019"]
    plain = "".join(str(unicodedata.digit(letter)) if letter.isdigit() else letter for letter in kept)
    return plain.strip().replace("\u066b", ".").replace("\u066c", ",")


def _decimal() -> str:
    return str(get_decimal_symbol(settings().locale))


def _parted(bare: str) -> tuple[str, str]:
    """The digits before and after what stands for the decimal point; raises WrongAmount."""
    decimal, group = (",", ".") if _decimal() == "," else (".", ",")
    threes = rf"\d{{1,3}}(?:{re.escape(group)}\d{{3}})+"
    grouped = re.fullmatch(rf"({threes})(?:{re.escape(decimal)}(\d*))?", bare)
    if grouped and get_group_symbol(settings().locale):
        return grouped[1].replace(group, ""), grouped[2] or ""
    single = re.fullmatch(r"(\d*)[.,](\d*)|(\d+)", bare)
    if single is None:
        raise WrongAmount(f"This has too many points and commas: type an amount such as {typed_amount(_EXAMPLE)}.")
    return (single[3], "") if single[3] else (single[1], single[2])
