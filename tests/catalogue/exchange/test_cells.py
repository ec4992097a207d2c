"""Prices, numbers and weights as people and spreadsheets write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.catalogue.exchange.cells import (
    Unreadable,
    decimal_sign,
    grams,
    price,
    whole,
    yes_or_no,
)
from shop.spreadsheets import defused, undefused


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("12", 1200),
        ("12.5", 1250),
        ("12,50", 1250),
        ("$1,234.50", 123450),
        ("1.234,50 €", 123450),
        ("USD 9.99", 999),
        ("9.99 kr", 999),
        ("1 234,50", 123450),
        ("1'234.50", 123450),
        ("1,234,567.00", 123456700),
        ("19.9900", 1999),
        (".5", 50),
        ("0", 0),
        ("", None),
    ],
)
def test_prices(text: str, cents: int | None) -> None:
    assert price(text, 2) == cents


@pytest.mark.parametrize(
    "text", ["abc", "-5", "1.234", "1,23.4", "1..2", "19.995", "=1+1", "9" * 20, "½", "1e5", "12 34 x"]
)
def test_what_is_no_price_is_said_to_be_none(text: str) -> None:
    with pytest.raises(Unreadable):
        price(text, 2)


def test_a_whole_column_tells_what_a_single_price_does_not() -> None:
    assert decimal_sign(["1.234", "12,50"], 2) == ","
    assert price("1.234", 2, ",") == 123400
    assert decimal_sign(["1,234", "12.50"], 2) == "."
    assert price("1,234", 2, ".") == 123400
    assert decimal_sign(["1.50", "1,50"], 2) == ""
    assert (price("1,234", 0), price("1.234", 3, "."), price("1234", 0)) == (1234, 1234, 1234)
    # Three digits after the point, as dinars have: what tells better goes before.
    assert [decimal_sign(each, 3) for each in (["1.234"], ["1,234", "12.5"], ["1,234", "12.345"])] == [".", ".", ""]
    assert price("1,234", 3, ".") == 1_234_000


def test_whole_numbers_and_weights() -> None:
    assert [whole(text) for text in ("12", "1,200", "12.0", " 7 ", "")] == [12, 1200, 12, 7, None]
    assert whole("-3", may_be_negative=True) == -3
    assert [grams("1.5", "kg"), grams("2 lb"), grams("250"), grams("0,5", "kg"), grams("")] == [
        1500,
        907,
        250,
        500,
        None,
    ]
    for wrong in ("-1", "1.5", "ten", "99999999999"):
        with pytest.raises(Unreadable):
            whole(wrong)
    with pytest.raises(Unreadable):
        grams("heavy")
    assert [yes_or_no(text) for text in ("YES", "1", "no", "")] == [True, True, False, False]


@given(st.text(max_size=30))
def test_what_is_defused_comes_back_and_starts_no_formula(text: str) -> None:
    assert undefused(defused(text)) == text
    assert not defused(text).startswith(tuple("=+-@\t\r"))


def test_a_number_below_nothing_stays_one() -> None:
    figures = ("-4.50", "-4", "-4+1", "-A1", "-.5")
    assert [defused(text, but_numbers=True) for text in figures] == ["-4.50", "-4", "'-4+1", "'-A1", "'-.5"]
    assert defused("-4") == "'-4"
