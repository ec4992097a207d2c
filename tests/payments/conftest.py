"""A practice gateway for the whole folder, emptied before each test, and a shop that pays through it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from ..practice import PracticeGateway
from ..support.till import practice_gateway, running_gateway

__all__ = ["practice_gateway", "running_gateway"]


@pytest.fixture
def settings_overrides(practice_gateway: PracticeGateway) -> dict[str, Any]:
    return {"practice_gateway_url": practice_gateway.url, "braintree_timeout": 5}


@pytest.fixture(autouse=True)
def shop(app: Flask) -> Flask:
    """Every test here asks the gateway with this shop's settings."""
    return app
