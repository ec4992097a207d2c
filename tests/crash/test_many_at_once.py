"""A button for several orders is killed at one line after the other: each order is wholly done or not at all, the rest
can be done again, and every customer hears of it once."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from ..support.till import Shelf
from .dying import die

pytestmark = pytest.mark.long

POINTS = 8
UNTOUCHED = {
    "state": "packed", "is_being_cancelled": False, "acted": [], "events": 0, "parcels": 0, "returned": [],
    "refunds": [], "mails": [],
}  # fmt: skip
SENT = {**UNTOUCHED, "state": "shipped", "acted": ["done"], "events": 1, "parcels": 1, "mails": [["queued", 0]]}
WAITING = {**UNTOUCHED, "is_being_cancelled": True, "acted": ["waiting"]}
CANCELLED = {
    **UNTOUCHED, "state": "cancelled", "acted": ["done"], "events": 1, "returned": [2], "refunds": [4800],
    "mails": [["queued", 0]],
}  # fmt: skip
TOLD = [["sent", 1]]


def after(told: list[dict[str, Any]], moment: str) -> list[dict[str, Any]]:
    return [order for one in told if moment in one for order in one[moment]]


@pytest.mark.timeout(300)
def test_sending_several_that_dies_has_sent_each_wholly_or_not_at_all(app: Flask, shelf: Shelf) -> None:
    told = die("many_at_once", "send", POINTS)
    assert [one["end"] for one in told if "end" in one].count("killed") >= POINTS - 1
    died = after(told, "died")
    assert [order for order in died if order not in (UNTOUCHED, SENT)] == []
    assert UNTOUCHED in died
    assert SENT in died
    assert after(told, "ended") == [{**SENT, "mails": TOLD}] * (3 * POINTS)


@pytest.mark.timeout(300)
def test_cancelling_several_that_dies_and_whose_worker_dies_cancels_each_once(app: Flask, shelf: Shelf) -> None:
    told = die("many_at_once", "cancel", POINTS)
    assert [one["end"] for one in told if "end" in one].count("killed") >= 2 * POINTS - 2
    died, worked = after(told, "died"), after(told, "worked")
    assert [order for order in died if order not in (UNTOUCHED, WAITING)] == []
    assert UNTOUCHED in died
    assert WAITING in died
    assert [order for order in worked if order not in (WAITING, CANCELLED, {**CANCELLED, "mails": TOLD})] == []
    assert WAITING in worked
    assert CANCELLED in worked
    assert after(told, "ended") == [{**CANCELLED, "mails": TOLD}] * (3 * POINTS)
