"""A practice gateway for the whole folder, emptied before each test, and a shop that pays through it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from shop.payments import gateway

from ..practice import PracticeGateway


@pytest.fixture(scope="session")
def running_gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeGateway]:
    made = PracticeGateway(tmp_path_factory.mktemp("practice"))
    made.start()
    yield made
    made.stop()


@pytest.fixture
def practice_gateway(running_gateway: PracticeGateway) -> PracticeGateway:
    running_gateway.reset()
    gateway.circuit.note(worked=True)
    return running_gateway


@pytest.fixture
def settings_overrides(practice_gateway: PracticeGateway) -> dict[str, Any]:
    return {"practice_gateway_url": practice_gateway.url, "braintree_timeout": 2}


@pytest.fixture(autouse=True)
def shop(app: Flask) -> Flask:
    """Every test here asks the gateway with this shop's settings."""
    return app
