"""An order that is placed and paid through the practice gateway."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from ...support.desk import order, staff
from ...support.till import practice_gateway, running_gateway, settings_overrides, shelf

__all__ = ["order", "practice_gateway", "running_gateway", "settings_overrides", "shelf", "staff"]


@pytest.fixture(autouse=True)
def in_the_app(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield
