"""What authorising a card ends in, said by the gateway and in the shopper's words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shop.payments import gateway
from shop.payments.gateway import Authorised, Declined, NonceConsumed

from ..practice import PracticeGateway

pytestmark = pytest.mark.once

FOUR = "We take Visa, Mastercard, Discover and American Express. Please use one of those."


def authorise(ref: str = "one", *, cents: int = 1999, nonce: str = "fake-valid-nonce") -> gateway.Outcome:
    return gateway.authorise(ref=ref, amount_cents=cents, nonce=nonce)


def test_an_authorisation_says_what_was_reserved_and_on_which_card() -> None:
    outcome = authorise("K7QM")

    assert isinstance(outcome, Authorised)
    assert (outcome.amount_cents, outcome.ref, outcome.brand, outcome.last4) == (1999, "K7QM", "Visa", "1881")
    assert outcome.expiry == "12/2035"


def test_an_authorisation_takes_no_money_yet(practice_gateway: PracticeGateway) -> None:
    authorise("one")

    assert [one["status"] for one in practice_gateway.ledger("one")] == ["authorized"]


@pytest.mark.parametrize(
    ("nonce", "brand"),
    [
        ("fake-valid-visa-nonce", "Visa"),
        ("fake-valid-mastercard-nonce", "MasterCard"),
        ("fake-valid-discover-nonce", "Discover"),
        ("fake-valid-amex-nonce", "American Express"),
    ],
)
@pytest.mark.promise("P61")
def test_the_four_promised_brands_are_taken(nonce: str, brand: str) -> None:
    outcome = authorise(nonce=nonce)

    assert isinstance(outcome, Authorised)
    assert outcome.brand == brand


@pytest.mark.parametrize("nonce", ["fake-valid-jcb-nonce", "fake-valid-dinersclub-nonce"])
@pytest.mark.promise("P61")
def test_another_brand_that_the_gateway_authorised_is_given_free_and_declined(
    nonce: str, practice_gateway: PracticeGateway
) -> None:
    outcome = authorise("one", nonce=nonce)

    assert isinstance(outcome, Declined)
    assert (outcome.reason, outcome.void_due) == (FOUR, False)
    assert [one["status"] for one in practice_gateway.ledger("one")] == ["voided"]


@pytest.mark.promise("P61")
def test_another_brand_that_could_not_be_given_free_at_once_is_due_to_be(practice_gateway: PracticeGateway) -> None:
    practice_gateway.faults("void", 503)

    outcome = authorise("one", nonce="fake-valid-jcb-nonce")

    assert isinstance(outcome, Declined)
    assert outcome.void_due
    assert outcome.gateway_id == practice_gateway.ledger("one")[0]["id"]


def test_a_brand_that_the_account_cannot_charge_is_declined_in_the_same_words() -> None:
    outcome = authorise(nonce="fake-valid-maestro-nonce")

    assert outcome == Declined(None, "91577", FOUR)


@pytest.mark.parametrize(
    ("cents", "nonce", "words"),
    [
        (200000, "fake-valid-nonce", "Your bank declined this card"),
        (200100, "fake-valid-nonce", "not enough money"),
        (200200, "fake-valid-nonce", "over the limit"),
        (200400, "fake-valid-nonce", "expiry date"),
        (201000, "fake-valid-nonce", "security code"),
        (204600, "fake-valid-nonce", "Your bank declined this card"),
        (300000, "fake-valid-nonce", "try again in a few minutes"),
        (500100, "fake-valid-nonce", "wrong on our side"),
        (1000, "fake-processor-declined-visa-nonce", "Your bank declined this card"),
        (1000, "fake-gateway-rejected-fraud-nonce", "not accepted"),
        (1000, "fake-gateway-rejected-risk-thresholds-nonce", "not accepted"),
        (1000, "fake-luhn-invalid-nonce", "card number"),
        (1000, "never-heard-of", "type them again"),
        (0, "fake-valid-nonce", "wrong on our side"),
    ],
)
def test_a_refusal_is_said_in_plain_words(cents: int, nonce: str, words: str) -> None:
    outcome = authorise(cents=cents, nonce=nonce)

    assert isinstance(outcome, Declined)
    assert words in outcome.reason
    assert outcome.code
    assert outcome.code not in outcome.reason


def test_a_nonce_that_was_used_before_means_that_an_earlier_send_arrived() -> None:
    assert authorise(nonce="fake-consumed-nonce") == NonceConsumed()


def test_the_same_payment_sent_twice_is_charged_once(practice_gateway: PracticeGateway) -> None:
    authorise("one")

    assert authorise("one") == NonceConsumed()
    assert sorted(one["status"] for one in practice_gateway.ledger("one")) == ["authorized", "gateway_rejected"]


@pytest.mark.parametrize("nonce", ["", "<&\"'>", "é", "\x00", "a" * 256, "a\n"])
def test_what_cannot_be_a_nonce_is_declined_without_asking(nonce: str, practice_gateway: PracticeGateway) -> None:
    practice_gateway.faults("sale", 500)

    outcome = authorise(nonce=nonce)

    assert isinstance(outcome, Declined)
    assert "type them again" in outcome.reason


def test_odd_characters_in_a_ref_come_back_as_they_were() -> None:
    ref = "<&\"'> \u2028 é"

    outcome = authorise(ref)

    assert isinstance(outcome, Authorised)
    assert outcome.ref == ref
    assert [one.gateway_id for one in gateway.find_by_ref(ref) or []] == [outcome.gateway_id]


@pytest.mark.parametrize(("currency", "cents", "sent"), [("JPY", 1999, "1999"), ("KWD", 12345, "12.345")])
class TestInAnotherCurrency:
    @pytest.fixture
    def practice_gateway(self, tmp_path: Path, currency: str) -> Iterator[PracticeGateway]:
        made = PracticeGateway(tmp_path / "practice", CURRENCY=currency)
        made.start()
        yield made
        made.stop()

    @pytest.fixture
    def settings_overrides(self, practice_gateway: PracticeGateway, currency: str) -> dict[str, Any]:
        return {"practice_gateway_url": practice_gateway.url, "currency": currency}

    def test_amounts_have_the_digits_of_that_currency(
        self, practice_gateway: PracticeGateway, cents: int, sent: str
    ) -> None:
        outcome = authorise("one", cents=cents)

        assert isinstance(outcome, Authorised)
        assert outcome.amount_cents == cents
        assert practice_gateway.ledger("one")[0]["amount"] == sent
