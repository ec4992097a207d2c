"""Money is a whole number of the currency's smallest unit (`*_cents`); this is the one place that formats it."""

from __future__ import annotations

from decimal import Decimal

from babel import Locale
from babel.numbers import format_currency, format_percent, get_currency_precision

from .config import settings


def as_decimal(cents: int) -> Decimal:
    """1999 -> Decimal("19.99") in USD, 1999 in JPY: what gateways and feeds want."""
    return Decimal(cents).scaleb(-settings().currency_exponent)


def from_decimal(amount: Decimal) -> int:
    """Decimal("19.99") -> 1999 in USD. Raises ValueError when it has more digits than the currency."""
    cents = amount.scaleb(settings().currency_exponent)
    if cents != cents.to_integral_value():
        raise ValueError(f"{amount} has more digits than {settings().currency} has")
    return int(cents)


def money(cents: int, currency: str = "") -> str:
    """As a shopper reads it, in the shop's locale: "$19.99". An old order may bring a `currency` of its own."""
    code = currency or settings().currency
    amount = Decimal(cents).scaleb(-int(get_currency_precision(code)))
    return str(format_currency(amount, code, locale=settings().locale))


def percent(ppm: int) -> str:
    """A rate in parts per million as a shopper reads it: 95,000 is "9.5%"."""
    pattern = Locale.parse(settings().locale).percent_formats[None].pattern.replace("#,##0", "#,##0.####")
    return str(format_percent(Decimal(ppm) / 1_000_000, pattern, locale=settings().locale))
