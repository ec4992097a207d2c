"""Giving money back at the desk: figures, clicks, and what the shelf, the mail and the customer get of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from shop.catalogue.models import Variant
from shop.orders.models import Order, Refund, RefundState
from shop.orders.pieces.models import RefundLine
from shop.orders.services.refunds import send_due_refunds
from shop.orders.services.settling import settle_due
from shop.outbox.models import Mail, MailKind

from ...practice import PracticeGateway
from ...support.client import ShopClient
from ...support.till import Shelf


@pytest.fixture
def page(order: Order) -> str:
    return f"/admin/orders/{order.number}/refund"


@pytest.fixture
def settled(app: Flask, order: Order, practice_gateway: PracticeGateway) -> Order:
    with app.app_context():
        settle_due()
        practice_gateway.night()
    return order


@pytest.fixture(params=["plain", "htmx"])
def either(request: pytest.FixtureRequest, order: Order) -> Iterator[ShopClient]:
    yield request.getfixturevalue("robin" if request.param == "plain" else "robin_htmx")


def line() -> str:
    return str(RefundLine._meta.fields["line"].rel_model.get().id)


def test_the_page_works_out_the_sum_first_and_gives_it_back_then(
    app: Flask, robin: ShopClient, settled: Order, page: str, shelf: Shelf
) -> None:
    on_hand = Variant.get_by_id(shelf.tote).on_hand
    typed = {f"quantity_{line()}": "1", f"restock_{line()}": "y", "reason": "sent-back"}
    seen = robin.submit(page, action=page, **typed)
    assert seen.status_code == 200
    assert "Give $52.56 back" in seen.text
    assert "$4.56 of it is tax" in seen.text
    assert Refund.select().count() == 0
    answer = robin.submit(seen, action=page, **typed)
    assert (answer.status_code, answer.location) == (303, f"/admin/orders/{settled.number}")
    assert Variant.get_by_id(shelf.tote).on_hand == on_hand + 1
    with app.app_context():
        send_due_refunds()
    refund, told = Refund.get(), Mail.get(Mail.kind == MailKind.ORDER_REFUNDED)
    assert (refund.state, refund.amount_cents, Order.get().refunded_cents) == (RefundState.DONE, 5256, 5256)
    text = robin.get(f"/admin/orders/{settled.number}").text
    for shown in (
        "Partly refunded",
        "Given back on",
        "1 × Alder Tote, Moss: $52.56, 1 back on the shelf",
        "1 given back",
    ):
        assert shown in text
    with app.app_context():
        assert "1 x Alder Tote, Moss: $52.56" in str(Mail.get_by_id(told.id).text)
