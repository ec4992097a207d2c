"""Everything here is bought through the practice gateway, and at the end of each test the books are looked through."""

from collections.abc import Iterator

import pytest
from flask import Flask

from ..practice import PracticeGateway
from ..support.books import on_shelf, wrong_in_the_books
from ..support.till import Shelf, ada, bea, practice_gateway, running_gateway, settings_overrides, shelf
from ..support.worker import work

__all__ = ["ada", "bea", "practice_gateway", "running_gateway", "settings_overrides", "shelf"]


@pytest.fixture(autouse=True)
def books(app: Flask, shelf: Shelf, practice_gateway: PracticeGateway) -> Iterator[None]:
    """Whatever a test did: once the worker has had its turn, money and stock agree."""
    before = on_shelf()
    yield
    practice_gateway.clear_faults()
    work(app)
    assert wrong_in_the_books(practice_gateway, before) == []
