"""The page of consents: one row for each purpose, with equally few clicks for yes and for no."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import pytest
from flask import Flask

from shop.audit.queries import events_about
from shop.customers.consents import QUESTIONS, ConsentPurpose
from shop.customers.models import Consent, Customer
from shop.customers.services.consents import has_consent
from shop.outbox.queries import mails_about
from shop.policies.services import post_policy
from tests.support.client import HtmxClient, ShopClient
from tests.support.pages import parsed, text_of

pytestmark = pytest.mark.once

PAGE = "/account/consents"
NEWS, HABITS = ConsentPurpose.NEWS, ConsentPurpose.HABITS


def row(client: ShopClient, purpose: ConsentPurpose) -> Element:
    """The purpose's part of the page."""
    tree, _ = parsed(client.get(PAGE).text, fragment=False)
    return next(each for each in tree.iter("section") if each.get("id") == f"account-consent-{purpose}")


def buttons(part: Element) -> list[str]:
    """What each button of it answers; one press of it is all it takes."""
    return [str(button.get("value")) for button in part.iter("button")]


def press(client: ShopClient, purpose: ConsentPurpose, answer: str) -> str:
    action = f"{PAGE}/{purpose}"
    return client.submit(PAGE, action=action, button=f"answer={answer}").text


@pytest.mark.parametrize("purpose", ConsentPurpose)
def test_each_question_is_shown_in_full_and_nothing_is_on(caros: ShopClient, purpose: ConsentPurpose) -> None:
    part, question = row(caros, purpose), QUESTIONS[purpose]
    assert all(words in text_of(part) for words in (question.text, question.why, question.without, "Off"))
    assert buttons(part) == ["yes", "no"]
    assert [box for box in part.iter("input") if box.get("type") == "checkbox"] == []


@pytest.mark.promise("P41")
@pytest.mark.promise("P29")
def test_taking_back_takes_as_many_clicks_as_giving(caros: ShopClient, caro: Customer) -> None:
    """One press of a button each, on the same page, and nothing else to fill in or confirm."""
    assert "yes" in buttons(row(caros, HABITS))
    press(caros, HABITS, "yes")
    assert has_consent(caro.id, HABITS)
    assert buttons(row(caros, HABITS)) == ["no"]
    press(caros, HABITS, "no")
    assert not has_consent(caro.id, HABITS)
    assert buttons(row(caros, HABITS)) == ["yes"]


@pytest.mark.promise("P41")
def test_each_time_there_is_a_receipt_on_the_page_and_by_mail(caros: ShopClient, caro: Customer) -> None:
    action = f"{PAGE}/{NEWS}"
    for button in ("answer=yes", "answer=no"):
        assert caros.submit(PAGE, action=action, button=button).status_code == 303
        assert "A receipt is on its way to you." in caros.get(PAGE).text
    assert mails_about("customer", caro.id).count() == 2


def test_with_htmx_the_row_changes_in_its_place(caros_htmx: HtmxClient, caro: Customer) -> None:
    action = f"{PAGE}/{NEWS}"
    given = caros_htmx.submit(PAGE, action=action, button="answer=yes").text
    assert 'id="account-consent-news"' in given
    assert "you agreed. A receipt is on its way to you." in given
    assert has_consent(caro.id, NEWS)
    taken_back = caros_htmx.submit(PAGE, action=action, button="answer=no").text
    assert "taken back, from this moment on" in taken_back
    assert not has_consent(caro.id, NEWS)


@pytest.mark.promise("P39")
def test_saying_no_shows_the_reason_and_the_consequence_and_is_noted(caros: ShopClient, caro: Customer) -> None:
    press(caros, HABITS, "no")
    said = text_of(row(caros, HABITS))
    assert "You said no" in said
    assert QUESTIONS[HABITS].why in said
    assert QUESTIONS[HABITS].without in said
    assert [event.kind for event in events_about("customer", caro.id)].count("consent-refused") == 1
    assert mails_about("customer", caro.id).count() == 0


@pytest.mark.promise("P24")
def test_the_page_shows_the_version_each_answer_was_given_under(caros: ShopClient, app: Flask) -> None:
    press(caros, NEWS, "yes")
    with app.app_context():
        post_policy(text="Something new.", after=1, staff_id=1)
    links = [link.get("href") for link in row(caros, NEWS).iter("a")]
    assert links == ["/privacy/1"]
    assert "Something new." not in caros.get("/privacy/1").text


def test_one_customers_answers_are_nobody_elses(caros: ShopClient, dans: ShopClient, dan: Customer) -> None:
    press(caros, NEWS, "yes")
    assert buttons(row(dans, NEWS)) == ["yes", "no"]
    assert not has_consent(dan.id, NEWS)


def test_an_unknown_purpose_is_nowhere(caros: ShopClient) -> None:
    token = next(each for each in row(caros, NEWS).iter("input") if each.get("name") == "csrf_token").get("value")
    for purpose in ("promotion", "NEWS", "1"):
        answer = caros.post(f"{PAGE}/{purpose}", data={"answer": "yes", "csrf_token": token})
        assert answer.status_code == 404


@pytest.mark.parametrize("answer", ["", "maybe", "true"])
def test_anything_but_yes_or_no_changes_nothing(caros: ShopClient, answer: str) -> None:
    refused = caros.submit(PAGE, action=f"{PAGE}/{NEWS}", button=f"answer={answer}")
    assert refused.status_code == 422
    assert not Consent.select().exists()


def test_guests_are_asked_for_nothing_of_the_kind(client: ShopClient) -> None:
    assert client.get(PAGE).status_code == 303
    assert client.post(f"{PAGE}/{NEWS}", data={"answer": "yes"}).status_code in {303, 400, 403}
    assert not Consent.select().exists()
    assert not Consent.customer.null
