"""From the cart to the order, as a shopper goes."""

from __future__ import annotations

import pytest

from shop.orders.models import OrderState, Payment, PaymentState
from shop.orders.services.settling import settle_due

from ..practice import PracticeGateway
from ..support.till import Buyer, Shelf, order_of

pytestmark = pytest.mark.once


def test_a_stranger_buys_a_bag(ada: Buyer, shelf: Shelf, practice_gateway: PracticeGateway) -> None:
    ada.reach_payment(shelf.tote)
    answer = ada.pay()
    assert answer.status_code == 303, answer.text
    order = order_of(answer)
    assert (order.state, order.total_cents) == (OrderState.PLACED, 5256)
    payment = Payment.get(Payment.order == order)
    assert payment.state == PaymentState.AUTHORIZED
    settle_due()
    assert Payment.get_by_id(payment.id).state == PaymentState.SETTLING
    (charge,) = practice_gateway.ledger()
    assert (charge["amount"], charge["status"]) == ("52.56", "submitted_for_settlement")
    assert ada.client.get(answer.headers["Location"]).status_code == 200
