"""The timeline's sentences."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from shop.orders.models import OrderEvent
from shop.orders.services.timeline import sentence

pytestmark = pytest.mark.once


def event(**details: object) -> OrderEvent:
    return OrderEvent(kind="payment settled", details=json.dumps(details))


@pytest.mark.parametrize(("currency", "shown"), [("", "$12.50"), ("JPY", "¥1,250"), ("KWD", "KWD1.250")])
def test_amounts_are_told_in_the_orders_own_currency(app: Flask, currency: str, shown: str) -> None:
    assert sentence(event(amount_cents=1250), currency=currency) == f"The bank has paid out {shown}."


def test_a_sentence_that_lacks_a_detail_is_not_told(app: Flask) -> None:
    with pytest.raises(KeyError, match="amount"):
        sentence(event())
