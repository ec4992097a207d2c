"""Anybody writes about their data, gets a number and an answer; who is not asked learns nothing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop.audit.queries import events_about
from shop.config import settings
from shop.outbox.models import Mail
from shop.outbox.queries import mails_about
from shop.privacy.cases.models import Case, CaseAnswer, Topic
from shop.privacy.cases.services import CaseClosed, answer_case, close_case, open_case
from shop.vault import REMOVED, destroy_expired
from tests.support.client import HtmxClient, ShopClient
from tests.support.customers import CARO, DAN

PAGE = "/privacy/contact"
WROTE = {"topic": "complaint", "text": "You spelt my name wrong.\n\nTwice.", "email": CARO}
NUMBER = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}")


@pytest.fixture
def case(app: Flask) -> Case:
    with app.app_context():
        return open_case(topic=Topic.COMPLAINT, email=CARO, text="You spelt my name wrong.")


@pytest.mark.promise("P26")
def test_what_is_written_becomes_a_case_and_is_acknowledged(client: ShopClient) -> None:
    answer = client.submit(PAGE, action=PAGE, **WROTE)
    case = Case.get()
    assert (answer.status_code, answer.location) == (303, f"{PAGE}/received/{case.number}")
    assert (case.topic, case.text, case.email, case.is_open) == ("complaint", WROTE["text"], CARO, True)
    assert case.number in client.get(answer.location).text
    mails = {mail.recipient: mail.subject_line for mail in mails_about("case", case.id)}
    waits = f"A case waits for an answer: {case.number}"
    assert mails == {CARO: f"We have your request {case.number}", settings().privacy_email: waits}


def test_no_mail_repeats_what_was_written(client: ShopClient) -> None:
    client.submit(PAGE, action=PAGE, **WROTE)
    for mail in Mail.select():
        assert "spelt" not in f"{mail.subject_line} {mail.text} {mail.html}"
        assert CARO not in f"{mail.subject_line} {mail.text} {mail.html}"


def test_a_link_may_choose_the_topic_and_nothing_else(client: ShopClient) -> None:
    page = client.get(f"{PAGE}?topic=remove&email={CARO}&text=Hello").text
    assert '<option selected value="remove">' in page
    assert CARO not in page
    assert '<option selected value="question">' in client.get(f"{PAGE}?topic=nonsense").text


def test_with_htmx_the_number_takes_the_forms_place(htmx: HtmxClient) -> None:
    page = htmx.post(PAGE, data=WROTE).text
    assert Case.get().number in page
    assert "<form" not in page


def test_it_needs_no_cookie_and_sets_none(app: Flask) -> None:
    client = ShopClient(app, use_cookies=False)
    assert client.get(PAGE).headers.getlist("Set-Cookie") == []
    answer = client.submit(PAGE, action=PAGE, **WROTE)
    assert answer.status_code == 303
    assert answer.headers.getlist("Set-Cookie") == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"text": " \n "}, "Your request is missing. Without it we would not know what to do."),
        ({"email": ""}, "E-mail is missing. Without it we could not answer you."),
        ({"email": "caro@"}, "This is not a complete e-mail address"),
        ({"text": "x" * 4_001}, "This is too long"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client: ShopClient, typed: dict[str, str], said: str) -> None:
    page = client.submit(PAGE, action=PAGE, **{**WROTE, **typed})
    assert page.status_code == 422
    assert said in page.text
    assert '<option selected value="complaint">' in page.text
    assert (WROTE | typed)["text"].strip() in page.text
    assert not Case.select().exists()


def test_its_number_tells_nothing_about_how_many_there_are(app: Flask) -> None:
    with app.app_context():
        numbers = [open_case(topic=Topic.SEE, email=CARO, text="What do you hold?").number for _ in range(3)]
    assert all(NUMBER.fullmatch(number) for number in numbers)
    assert len(set(numbers)) == 3


def test_the_page_of_a_number_asks_nobody_whether_it_is_one(client: ShopClient, case: Case) -> None:
    theirs, nobodys = (client.get(f"{PAGE}/received/{number}") for number in (case.number, "0000-0000"))
    assert theirs.status_code == nobodys.status_code == 200
    assert theirs.text.replace(case.number, "0000-0000") == nobodys.text
    assert client.get(f"{PAGE}/received/nonsense").status_code == 404


def test_one_mailbox_is_not_flooded(app: Flask) -> None:
    client = ShopClient(app, use_cookies=False)
    statuses = [client.post(PAGE, data=WROTE).status_code for _ in range(6)]
    assert statuses == [303] * 5 + [429]
    assert client.post(PAGE, data={**WROTE, "email": DAN}).status_code == 303


def test_one_address_may_not_write_without_end_and_loses_nothing_it_typed(app: Flask) -> None:
    client = ShopClient(app, use_cookies=False)
    for number in range(11):
        typed = {**WROTE, "email": f"caro{number}@customers.example"}
        answer = client.post(PAGE, data=typed, environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    assert answer.status_code == 429
    assert "Please wait" in answer.text
    assert WROTE["text"] in answer.text
    assert Case.select().count() == 10


def test_an_answer_is_mailed_and_kept(app: Flask, case: Case) -> None:
    with app.app_context():
        answer_case(case=case, text="We mended it.\n\nSorry.", staff_id=1)
    mails = {mail.subject_line for mail in mails_about("case", case.id) if mail.recipient == CARO}
    assert mails == {f"We have your request {case.number}", f"Our answer to your request {case.number}"}
    assert CaseAnswer.get().text == "We mended it.\n\nSorry."


def test_an_answer_that_is_sent_twice_is_mailed_once(app: Flask, case: Case) -> None:
    with app.app_context():
        first, second, another = (
            answer_case(case=case, text=text, staff_id=1)
            for text in ("It is mended.", "It is mended.", "And so is this.")
        )
    assert first.id == second.id != another.id
    assert sum(mail.subject_line.startswith("Our answer") for mail in mails_about("case", case.id)) == 2


def test_closing_happens_once_and_ends_the_answers(app: Flask, case: Case) -> None:
    with app.app_context():
        assert close_case(case=case, staff_id=1)
        assert not close_case(case=case, staff_id=1)
        with pytest.raises(CaseClosed):
            answer_case(case=case, text="One more thing.", staff_id=1)
    assert not CaseAnswer.select().exists()
    assert [event.kind for event in events_about("case", case.id)] == ["case-received", "case-closed"]


def test_it_is_forgotten_its_time_after_it_was_closed(app: Flask, case: Case) -> None:
    with app.app_context():
        answer_case(case=case, text="We mended it.", staff_id=1)
        clock.travel(timedelta(days=500))
        close_case(case=case, staff_id=1)
        clock.travel(timedelta(days=1_200))
        destroy_expired()
        assert Case.get().text == WROTE["text"].partition("\n")[0]
        clock.travel(timedelta(days=500 + 1_097))
        destroy_expired()
        assert (Case.get().text, Case.get().email_index, CaseAnswer.get().text) == (REMOVED, None, REMOVED)
