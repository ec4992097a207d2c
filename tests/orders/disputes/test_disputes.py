"""A bank that looks into a payment is told of by the gateway: signed, read once, and never the other way round."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from braintree import WebhookNotification, WebhookTestingGateway
from flask import Flask

from shop.config import settings
from shop.orders.disputes.models import Dispute, Webhook
from shop.orders.models import Order, OrderEvent, Payment
from shop.orders.unfinished import DISPUTED, unfinished
from shop.payments.connection import connect
from shop.privacy.erasing.plan import plan_for
from shop.privacy.person import Person

from ...support.client import ShopClient
from ...support.desk import say_why
from ...support.till import BUYER

HERE = "/webhooks/braintree"
KIND = WebhookNotification.Kind


def sample(kind: str, order: Order) -> dict[str, Any]:
    """What Braintree would send, signed as it signs."""
    about = Payment.get(Payment.order == order.id).gateway_id
    return WebhookTestingGateway(connect(settings())).sample_notification(kind, about)  # type: ignore[no-any-return]


def kinds(order: Order) -> list[str]:
    return [event.kind for event in OrderEvent.select().where(OrderEvent.order == order.id).order_by(OrderEvent.id)]


def test_a_dispute_is_noted_once_and_shown_at_the_desk(
    client: ShopClient, order: Order, robin: ShopClient, staff: dict[str, Any]
) -> None:
    told = sample(KIND.DisputeOpened, order)
    assert [client.post(HERE, data=told).status_code for _ in range(3)] == [200, 200, 200]
    dispute = Dispute.get()
    assert (dispute.order_id, dispute.is_open, dispute.amount_cents) == (order.id, True, 10_000)
    assert (kinds(order).count("disputed"), kinds(order).count("alarm"), Webhook.select().count()) == (1, 1, 1)
    say_why(next(iter(staff.values())), order)
    page = robin.get(f"/admin/orders/{order.number}").text
    assert "The bank looks into $100.00: open" in page
    assert "Needs a person" in page


@pytest.mark.parametrize(("kind", "state"), [(KIND.DisputeWon, "won"), (KIND.DisputeLost, "lost")])
def test_what_is_decided_stays_decided(client: ShopClient, order: Order, kind: str, state: str) -> None:
    for each in (KIND.DisputeOpened, KIND.DisputeUnderReview, kind, KIND.DisputeUnderReview):
        assert client.post(HERE, data=sample(each, order)).status_code == 200
    dispute = Dispute.get()
    assert (dispute.state, dispute.decided_at is not None) == (state, True)
    assert kinds(order).count(f"dispute {state}") == 1


def test_what_is_disputed_is_not_forgotten_until_it_is_decided(app: Flask, client: ShopClient, order: Order) -> None:
    Order.update(state="cancelled").where(Order.id == order.id).execute()
    Payment.update(state="settled").where(Payment.order == order.id).execute()
    assert not unfinished([Order.get_by_id(order.id)])
    client.post(HERE, data=sample(KIND.DisputeOpened, order))
    assert unfinished([Order.get_by_id(order.id)]) == {order.id: DISPUTED}
    assert any(DISPUTED.reason in entry.why for entry in plan_for(Person(None, BUYER["email"])).stays)
    client.post(HERE, data=sample(KIND.DisputeWon, order))
    assert not unfinished([Order.get_by_id(order.id)])


def test_a_dispute_of_somebody_elses_payment_changes_nothing(client: ShopClient, order: Order) -> None:
    told = WebhookTestingGateway(connect(settings())).sample_notification(KIND.DisputeOpened, "elsewhere")
    assert client.post(HERE, data=told).status_code == 200
    assert not Dispute.select().exists()


def test_other_messages_are_read_and_left_alone(client: ShopClient, order: Order) -> None:
    for kind in (KIND.Check, KIND.TransactionSettled, KIND.SubscriptionCanceled):
        assert client.post(HERE, data=sample(kind, order)).status_code == 200
    assert Webhook.select().count() == 3


def hostile(told: dict[str, Any]) -> list[dict[str, Any]]:
    signature, payload = told["bt_signature"], told["bt_payload"].decode()
    other = base64.encodebytes(b"<notification/>").decode()
    return [
        {},
        {"bt_signature": signature},
        {"bt_signature": "", "bt_payload": payload},
        {"bt_signature": signature, "bt_payload": other},
        {"bt_signature": f"{settings().braintree_public_key}|{'0' * 40}", "bt_payload": payload},
        {"bt_signature": signature.replace("|", "&"), "bt_payload": payload},
        {"bt_signature": signature, "bt_payload": f"\u00fc{payload}"},
        {"bt_signature": "\u00fc|\u00fc", "bt_payload": payload},
        {"bt_signature": signature, "bt_payload": "A" * 300_000},
    ]


def test_what_the_gateway_did_not_sign_is_refused(client: ShopClient, order: Order) -> None:
    for sent in hostile(sample(KIND.DisputeOpened, order)):
        assert client.post(HERE, data=sent).status_code == 400, sent
    assert not Webhook.select().exists()
    assert not Dispute.select().exists()


def test_the_gateways_challenge_is_answered(client: ShopClient) -> None:
    answer = client.get(f"{HERE}?bt_challenge={'a' * 20}")
    assert (answer.status_code, answer.text.partition("|")[0]) == (200, settings().braintree_public_key)
    assert client.get(f"{HERE}?bt_challenge=<script>").status_code == 400
    assert client.get(HERE).status_code == 400
