"""Money as it is typed, wherever the shop stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from shop import config
from shop.config import Settings
from shop.money import WrongAmount, read_amount, typed_amount


@pytest.mark.parametrize(
    ("locale", "currency", "typed", "cents"),
    [
        ("en_US", "USD", "12.50", 1250),
        ("en_US", "USD", "12,50", 1250),
        ("en_US", "USD", "$1,234.5", 123450),
        ("en_US", "USD", "1,234", 123400),
        ("en_US", "USD", ".5", 50),
        ("en_US", "USD", "7", 700),
        ("de_DE", "EUR", "12,50 €", 1250),
        ("de_DE", "EUR", "12.50", 1250),
        ("de_DE", "EUR", "1.234,56", 123456),
        ("de_DE", "EUR", "1.234", 123400),
        ("de_CH", "CHF", "CHF 1’234.50", 123450),
        ("fr_FR", "EUR", "1 234,50", 123450),
        ("ja_JP", "JPY", "¥1,200", 1200),
        ("ja_JP", "JPY", "1200", 1200),
        ("en_US", "KWD", "1.234", 1234),
        ("en_US", "KWD", "12", 12000),
        ("ar_EG", "EGP", "١٢٫٥٠", 1250),
    ],
)
def test_an_amount_is_read_as_people_type_it(
    tmp_path: Path, locale: str, currency: str, typed: str, cents: int
) -> None:
    config.activate(Settings(shop_instance=tmp_path, locale=locale, currency=currency))
    assert read_amount(typed) == cents
    assert read_amount(typed_amount(cents)) == cents


@pytest.mark.parametrize(
    ("currency", "typed", "said"),
    [
        ("USD", "", "not an amount such as 12.50"),
        ("USD", "-3", "not an amount"),
        ("USD", "12.345", "2 digits after the point"),
        ("USD", "1e5", "not an amount"),
        ("USD", "1.2.3", "too many points"),
        ("USD", "9" * 30, "more than"),
        ("USD", "1,23,4", "too many points"),
        ("JPY", "12.5", "no digits after the point"),
        ("KWD", "1.2345", "3 digits"),
    ],
)
def test_what_is_no_amount_is_refused_in_words(tmp_path: Path, currency: str, typed: str, said: str) -> None:
    config.activate(Settings(shop_instance=tmp_path, currency=currency))
    with pytest.raises(WrongAmount, match=said):
        read_amount(typed)
