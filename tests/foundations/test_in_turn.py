"""Jobs that work on many rows."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import pytest

from shop.in_turn import in_turn


@dataclass
class Parcel:
    id: int


def send(parcel: Parcel) -> bool:
    if parcel.id % 3 == 1:
        raise LookupError(parcel.id)
    return parcel.id > 2


def test_one_that_fails_keeps_no_other_waiting_and_is_told(caplog: pytest.LogCaptureFixture) -> None:
    sent: list[int] = []
    with caplog.at_level(logging.ERROR), pytest.raises(LookupError, match="^1$"):
        in_turn(lambda parcel: send(parcel) and sent.append(parcel.id), [Parcel(number) for number in range(1, 7)])
    assert sent == [3, 5, 6]
    assert [record.__dict__["fields"] for record in caplog.records] == [{"parcel": 1}, {"parcel": 4}]


def test_it_counts_what_something_was_done_for() -> None:
    assert in_turn(send, [Parcel(2), Parcel(3), Parcel(5)]) == 2
