"""Who looks after privacy, and how long things are kept, cannot change without a trace."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from flask import Flask

from shop import config
from shop.audit.queries import events_about
from shop.config import settings
from shop.preferences.services import note_changes


def changes_in_the_trail() -> list[str]:
    return [json.loads(event.details)["name"] for event in events_about("settings", 0)]


@pytest.mark.promise("P34")
def test_another_privacy_administrator_is_written_down_once(app: Flask) -> None:
    assert note_changes() == []
    config.activate(replace(settings(), privacy_name="Sam Oak", keep_order_days=9))
    assert sorted(note_changes()) == ["keep_order_days", "privacy_name"]
    assert note_changes() == []
    assert sorted(changes_in_the_trail()) == ["keep_order_days", "privacy_name"]


def test_what_no_customer_was_told_is_not_noted(app: Flask) -> None:
    note_changes()
    config.activate(replace(settings(), web_threads=9))
    assert note_changes() == []
    assert changes_in_the_trail() == []
