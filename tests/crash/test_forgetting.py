"""A worker that forgets somebody is killed at one line after the other; the next one finishes it, once."""

from __future__ import annotations

import pytest
from flask import Flask

from .dying import die

pytestmark = pytest.mark.long

POINTS = 10
NOTHING_LEFT = {
    "state": "done", "keys": 0, "named": [None] * 4, "receipts": 1, "contacts": 0, "active": 0,
}  # fmt: skip


@pytest.mark.promise("P23")
@pytest.mark.timeout(300)
def test_an_erasure_killed_at_any_line_is_finished_by_the_next_run(app: Flask) -> None:
    told = die("forgetting", POINTS)
    assert [one["end"] for one in told if "end" in one].count("killed") >= POINTS - 1
    places = {one["place"].partition(":")[0] for one in told if "place" in one}
    assert {"privacy", "vault", "orders"} <= {place.partition("/")[0] for place in places}
    assert [one for one in told if "keys" in one] == [NOTHING_LEFT] * POINTS
