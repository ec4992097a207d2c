"""Settling, voiding, refunding, finding: what the gateway allows in which state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shop.payments import gateway
from shop.payments.gateway import Authorised, Declined, Refunded, Refused, Seen, Settling, Voided

from ..practice import PracticeGateway

pytestmark = pytest.mark.once


@pytest.fixture
def authorised() -> str:
    outcome = gateway.authorise(ref="one", amount_cents=5000, nonce="fake-valid-nonce")
    assert isinstance(outcome, Authorised)
    return outcome.gateway_id


@pytest.fixture
def settled(authorised: str, practice_gateway: PracticeGateway) -> str:
    gateway.settle(authorised)
    practice_gateway.night()
    return authorised


def status_of(gateway_id: str) -> str:
    seen = gateway.find(gateway_id)
    assert isinstance(seen, Seen)
    return seen.status


def test_settling_submits_the_authorised_money(authorised: str) -> None:
    assert gateway.settle(authorised) == Settling(authorised, "submitted_for_settlement")
    assert status_of(authorised) == "submitted_for_settlement"


def test_settling_what_is_settled_already_says_so(settled: str) -> None:
    assert gateway.settle(settled) == Settling(settled, "settled")


def test_a_void_gives_free_what_was_authorised_or_submitted(authorised: str) -> None:
    gateway.settle(authorised)

    assert gateway.void(authorised) == Voided(authorised)
    assert gateway.void(authorised) == Voided(authorised)
    assert status_of(authorised) == "voided"


def test_a_settled_payment_cannot_be_voided(settled: str) -> None:
    assert gateway.void(settled) == Refused("91504")


def test_a_voided_payment_cannot_be_settled(authorised: str) -> None:
    gateway.void(authorised)

    assert gateway.settle(authorised) == Refused("91507")


def test_a_refund_needs_a_settled_payment(authorised: str) -> None:
    outcome = gateway.refund(authorised, amount_cents=100, ref="refund-1")

    assert isinstance(outcome, Declined)
    assert outcome.code == "91506"


def test_a_refund_is_found_by_its_own_ref(settled: str) -> None:
    outcome = gateway.refund(settled, amount_cents=1200, ref="refund-1")

    assert isinstance(outcome, Refunded)
    assert (outcome.amount_cents, outcome.ref) == (1200, "refund-1")
    found = gateway.find_by_ref("refund-1")
    assert found is not None
    assert [(one.gateway_id, one.refunded_id, one.is_good) for one in found] == [(outcome.gateway_id, settled, False)]


def test_refunds_end_where_the_payment_ends(settled: str) -> None:
    gateway.refund(settled, amount_cents=4000, ref="refund-1")

    too_much = gateway.refund(settled, amount_cents=1001, ref="refund-2")
    the_rest = gateway.refund(settled, amount_cents=1000, ref="refund-3")
    one_more = gateway.refund(settled, amount_cents=1, ref="refund-4")

    assert isinstance(too_much, Declined)
    assert isinstance(the_rest, Refunded)
    assert isinstance(one_more, Declined)
    assert (too_much.code, one_more.code) == ("91521", "91512")


def test_a_refund_cannot_be_refunded(settled: str, practice_gateway: PracticeGateway) -> None:
    refund = gateway.refund(settled, amount_cents=1000, ref="refund-1")
    assert isinstance(refund, Refunded)
    practice_gateway.night()

    again = gateway.refund(refund.gateway_id, amount_cents=1000, ref="refund-2")

    assert isinstance(again, Declined)
    assert again.code == "91505"


def test_a_settlement_that_the_bank_declines_is_a_final_failure(practice_gateway: PracticeGateway) -> None:
    outcome = gateway.authorise(ref="one", amount_cents=400100, nonce="fake-valid-nonce")
    assert isinstance(outcome, Authorised)
    gateway.settle(outcome.gateway_id)
    practice_gateway.night()

    seen = gateway.find(outcome.gateway_id)

    assert isinstance(seen, Seen)
    assert (seen.status, seen.is_good, seen.is_final_failure) == ("settlement_declined", False, True)


def test_a_day_lists_what_was_made_in_it(authorised: str) -> None:
    now = datetime.now(UTC)

    today = gateway.day(now - timedelta(hours=1), now + timedelta(hours=1))
    before = gateway.day(now - timedelta(days=2), now - timedelta(days=1))

    assert today is not None
    assert [one.gateway_id for one in today] == [authorised]
    assert before == []


def test_a_day_of_more_than_one_page_is_whole() -> None:
    for number in range(60):
        gateway.authorise(ref=f"order-{number}", amount_cents=100 + number, nonce="fake-valid-nonce")
    now = datetime.now(UTC)

    found = gateway.day(now - timedelta(hours=1), now + timedelta(hours=1))

    assert found is not None
    assert len({one.gateway_id for one in found}) == 60


def test_whether_a_nonce_is_used_up_can_be_asked() -> None:
    assert gateway.is_nonce_consumed("fake-valid-nonce") is False
    assert gateway.is_nonce_consumed("fake-consumed-nonce") is True
    assert gateway.is_nonce_consumed("never-heard-of") is None
