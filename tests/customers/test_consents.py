"""A consent is given and taken back by its customer alone, in exact words, and what is taken back ends at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from shop.audit.queries import events_about
from shop.customers.consents import QUESTIONS, ConsentPurpose, after_withdrawal, on_withdrawal
from shop.customers.models import Consent, Customer
from shop.customers.queries import customers_with_consent, newest_consents
from shop.customers.services.consents import give, has_consent, refuse, withdraw
from shop.outbox.queries import mails_about
from shop.policies.queries import current_policy
from shop.policies.services import post_policy
from shop.vault import Source

pytestmark = pytest.mark.once

HABITS, NEWS, CARD = ConsentPurpose.HABITS, ConsentPurpose.NEWS, ConsentPurpose.SAVED_CARD
SELF = Source.SELF


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def receipts(customer: Customer) -> list[str]:
    return [mail.subject_line for mail in mails_about("customer", customer.id)]


@pytest.mark.promise("P41")
def test_it_counts_from_the_moment_it_is_given_until_the_moment_it_is_taken_back(caro: Customer, dan: Customer) -> None:
    assert not has_consent(caro.id, HABITS)
    give(customer=caro, purpose=HABITS, source=SELF)
    assert has_consent(caro.id, HABITS)
    assert not has_consent(caro.id, NEWS)
    assert not has_consent(dan.id, HABITS)
    withdraw(customer=caro, purpose=HABITS, source=SELF)
    assert not has_consent(caro.id, HABITS)


def test_giving_twice_is_giving_once(caro: Customer) -> None:
    assert give(customer=caro, purpose=NEWS, source=SELF)
    assert not give(customer=caro, purpose=NEWS, source=SELF)
    assert withdraw(customer=caro, purpose=NEWS, source=SELF)
    assert not withdraw(customer=caro, purpose=NEWS, source=SELF)
    assert [answer.is_given for answer in Consent.select().order_by(Consent.id)] == [True, False]


@pytest.mark.promise("P41")
def test_a_receipt_is_mailed_each_time(caro: Customer) -> None:
    for _ in range(2):
        give(customer=caro, purpose=NEWS, source=SELF)
        withdraw(customer=caro, purpose=NEWS, source=SELF)
    agreed, took_back = "News by e-mail: you agreed", "News by e-mail: you took it back"
    assert receipts(caro) == [agreed, took_back, agreed, took_back]


@pytest.mark.promise("P24")
def test_an_answer_keeps_the_words_and_the_version_it_was_given_under(caro: Customer) -> None:
    give(customer=caro, purpose=NEWS, source=SELF)
    post_policy(text="Something new.", after=1, staff_id=1)
    kept = newest_consents(caro.id)[NEWS]
    assert (kept.text, kept.policy.number) == (QUESTIONS[NEWS].text, 1)
    withdraw(customer=caro, purpose=NEWS, source=SELF)
    assert newest_consents(caro.id)[NEWS].policy_id == current_policy().id


@pytest.mark.promise("P24")
@pytest.mark.parametrize("purpose", ConsentPurpose)
def test_a_purpose_is_never_taken_for_given(caro: Customer, purpose: ConsentPurpose) -> None:
    """Neither by agreeing to all the others, nor by a version of the policy that came afterwards."""
    for other in set(ConsentPurpose) - {purpose}:
        give(customer=caro, purpose=other, source=SELF)
    post_policy(text="Something new.", after=1, staff_id=1)
    assert not has_consent(caro.id, purpose)
    assert caro.id not in [row.customer_id for row in customers_with_consent(purpose)]


@pytest.mark.promise("P29")
def test_who_takes_the_consent_back_is_absent_from_what_asks_for_it(caro: Customer, dan: Customer) -> None:
    for customer in (caro, dan):
        give(customer=customer, purpose=HABITS, source=SELF)
    withdraw(customer=caro, purpose=HABITS, source=SELF)
    assert [row.customer_id for row in customers_with_consent(HABITS)] == [dan.id]


@pytest.mark.promise("P39")
def test_a_refusal_is_noted_once_and_needs_no_mail(caro: Customer) -> None:
    assert refuse(customer=caro, purpose=HABITS, source=SELF)
    assert not refuse(customer=caro, purpose=HABITS, source=SELF)
    assert [event.kind for event in events_about("customer", caro.id)].count("consent-refused") == 1
    assert receipts(caro) == []
    assert not has_consent(caro.id, HABITS)


@pytest.fixture
def undone() -> Iterator[list[int]]:
    """Whose card would be forgotten; it fails when that one was forgotten before."""
    found: list[int] = []

    def undo(*, customer_id: int) -> None:
        if customer_id in found:
            raise ValueError(customer_id)
        found.append(customer_id)

    on_withdrawal(CARD, undo)
    yield found
    after_withdrawal(CARD).remove(undo)


def test_what_was_kept_under_a_consent_goes_with_it(caro: Customer, undone: list[int]) -> None:
    for purpose in (CARD, NEWS):
        give(customer=caro, purpose=purpose, source=SELF)
    withdraw(customer=caro, purpose=NEWS, source=SELF)
    assert undone == []
    withdraw(customer=caro, purpose=CARD, source=SELF)
    withdraw(customer=caro, purpose=CARD, source=SELF)
    assert undone == [caro.id]


def test_what_cannot_be_undone_leaves_the_consent_as_it_was(caro: Customer, undone: list[int]) -> None:
    give(customer=caro, purpose=CARD, source=SELF)
    undone.append(caro.id)
    with pytest.raises(ValueError, match=str(caro.id)):
        withdraw(customer=caro, purpose=CARD, source=SELF)
    assert has_consent(caro.id, CARD)
