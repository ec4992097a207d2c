"""What is read out of forms and addresses."""

from __future__ import annotations

import pytest

from shop.web import LARGEST_ID, number_in


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("0", 0),
        (str(LARGEST_ID), LARGEST_ID),
        (str(LARGEST_ID + 1), None),
        ("-1", None),
        ("²", None),
        ("٣", None),
        ("", None),
        (None, None),
        pytest.param("9" * 5000, None, id="more digits than Python reads"),
    ],
)
def test_only_what_a_column_holds_is_a_number(text: str | None, number: int | None) -> None:
    assert number_in(text) == number
