"""Calls that the shop does not make yet, or never: the SDK itself against the practice gateway."""

from __future__ import annotations

import base64
import json
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import braintree
import pytest
from braintree.exceptions.not_found_error import NotFoundError
from braintree.exceptions.unexpected_error import UnexpectedError

from ...practice import PracticeGateway

pytestmark = pytest.mark.once

SEARCH = braintree.TransactionSearch


@pytest.fixture
def sdk(practice_gateway: PracticeGateway) -> Any:
    port = str(practice_gateway.port)
    here = braintree.Environment("here", "127.0.0.1", port, practice_gateway.url, False, None, "127.0.0.1", port)
    keys = {"merchant_id": "practice", "public_key": "practice_public", "private_key": "practice_private"}
    made = braintree.BraintreeGateway(braintree.Configuration(environment=here, timeout=5, **keys))
    yield made
    made.config.close()


def sold(sdk: Any, amount: str = "50.00", **more: Any) -> Any:
    sale = {"amount": Decimal(amount), "payment_method_nonce": "fake-valid-nonce", "order_id": "one", **more}
    return sdk.transaction.sale(sale)


def codes(result: Any) -> list[str]:
    assert not result.is_success
    return [error.code for error in result.errors.deep_errors]


def test_a_sale_reads_as_the_sdk_expects(sdk: Any) -> None:
    transaction = sold(sdk).transaction

    assert transaction.amount == Decimal("50.00")
    assert transaction.credit_card_details.masked_number == "401288******1881"
    assert [event.status for event in transaction.status_history] == ["authorized"]
    assert "authorized" in repr(transaction)


def test_more_than_was_authorised_cannot_be_captured(sdk: Any) -> None:
    transaction = sold(sdk).transaction

    assert codes(sdk.transaction.submit_for_settlement(transaction.id, Decimal("50.01"))) == ["91522"]
    assert sdk.transaction.submit_for_settlement(transaction.id, Decimal("49.99")).is_success


def test_an_idempotency_key_is_not_allowed_for_this_merchant(sdk: Any) -> None:
    assert codes(sold(sdk, api_request_key="key")) == ["915231"]


def test_a_sale_can_be_submitted_at_once(sdk: Any) -> None:
    assert sold(sdk, options={"submit_for_settlement": True}).transaction.status == "submitted_for_settlement"


@pytest.mark.parametrize(
    ("call", "status"),
    [
        ("settle_transaction", "settled"),
        ("settlement_confirm_transaction", "settlement_confirmed"),
        ("settlement_decline_transaction", "settlement_declined"),
        ("settlement_pending_transaction", "settlement_pending"),
    ],
)
def test_the_testing_calls_settle(sdk: Any, call: str, status: str) -> None:
    transaction = sold(sdk, options={"submit_for_settlement": True}).transaction

    assert getattr(sdk.testing, call)(transaction.id).transaction.status == status


def test_what_was_not_submitted_cannot_be_settled(sdk: Any) -> None:
    assert codes(sdk.testing.settle_transaction(sold(sdk).transaction.id)) == ["91575"]


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "1.001"])
def test_an_amount_that_is_none_is_refused(sdk: Any, amount: str) -> None:
    assert codes(sold(sdk, amount))[0] in {"81503", "81531"}


def test_a_sale_from_nothing_is_refused(sdk: Any) -> None:
    assert codes(sdk.transaction.sale({"amount": "1.00"})) == ["91508"]
    assert codes(sdk.transaction.sale({"amount": "1.00", "payment_method_token": "nosuch"})) == ["91518"]


def test_searches_narrow_by_several_criteria(sdk: Any) -> None:
    good = sold(sdk, order_id="spring-1").transaction
    sold(sdk, "2001.00", order_id="spring-2")

    def found(*criteria: Any) -> list[str]:
        return [one.id for one in sdk.transaction.search(*criteria).items]

    assert found(SEARCH.order_id.starts_with("spring"), SEARCH.status == "authorized") == [good.id]
    assert found(SEARCH.amount <= Decimal("60"), SEARCH.type == "sale") == [good.id]
    assert found(SEARCH.order_id == "summer") == []
    with pytest.raises(UnexpectedError):
        found(SEARCH.customer_email == "a@b.example")


def test_a_card_can_be_kept_when_it_is_charged_and_charged_again(sdk: Any) -> None:
    first = sold(sdk, options={"store_in_vault_on_success": True}, customer={"id": "alice"}).transaction
    token = first.credit_card_details.token

    again = sdk.transaction.sale({"amount": "7.00", "payment_method_token": token, "transaction_source": "recurring"})

    assert again.is_success
    assert [card.token for card in sdk.customer.find("alice").payment_methods] == [token]


def test_a_declined_sale_keeps_no_card(sdk: Any) -> None:
    sold(sdk, "2000.00", options={"store_in_vault_on_success": True}, customer={"id": "bob"})

    with pytest.raises(NotFoundError):
        sdk.customer.find("bob")


def test_customers_and_their_methods_come_and_go(sdk: Any) -> None:
    sdk.customer.create({"id": "alice"})
    made = sdk.payment_method.create({"customer_id": "alice", "payment_method_nonce": "fake-valid-mastercard-nonce"})
    token = made.payment_method.token
    assert sdk.payment_method.find(token).card_type == "MasterCard"

    assert sdk.payment_method.delete(token).is_success
    assert sdk.customer.find("alice").payment_methods == []
    assert sdk.customer.delete("alice").is_success

    with pytest.raises(NotFoundError):
        sdk.customer.find("alice")
    with pytest.raises(NotFoundError):
        sdk.payment_method.find(token)


@pytest.mark.parametrize(("how", "verified"), [("network_check", True), ("micro_transfers", False)])
def test_a_bank_account_is_verified_at_once_or_later(sdk: Any, how: str, verified: bool) -> None:
    sdk.customer.create({"id": "alice"})
    options = {"us_bank_account_verification_method": how}

    made = sdk.payment_method.create(
        {"customer_id": "alice", "payment_method_nonce": "fake-us-bank-account-nonce", "options": options}
    )

    assert made.payment_method.verified is verified


def test_a_customers_token_lists_the_cards_that_were_kept(sdk: Any, practice_gateway: PracticeGateway) -> None:
    sdk.customer.create({"id": "alice", "payment_method_nonce": "fake-valid-amex-nonce"})
    token = json.loads(base64.b64decode(sdk.client_token.generate({"customer_id": "alice"})))
    query = urlencode({"authorizationFingerprint": token["authorizationFingerprint"]})

    listed = practice_gateway.ask("GET", f"/merchants/practice/client_api/v1/payment_methods?{query}")

    [card] = listed["paymentMethods"]
    assert (card["details"]["cardType"], card["details"]["lastFour"]) == ("American Express", "0005")
    assert sold(sdk, payment_method_nonce=card["nonce"]).is_success
