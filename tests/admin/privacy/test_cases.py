"""The owner reads what people wrote about their data, answers by mail, and closes the case."""

from __future__ import annotations

import pytest
from flask import Flask

from shop.admin.models import Staff
from shop.audit.queries import events_about
from shop.outbox.queries import mails_about
from shop.privacy.cases.models import Case, Topic
from shop.privacy.cases.services import close_case, open_case
from tests.support.client import HtmxClient, ShopClient
from tests.support.customers import CARO
from tests.support.desk import SAM, sign_in

CASES = "/admin/cases"


@pytest.fixture
def case(app: Flask) -> Case:
    with app.app_context():
        return open_case(topic=Topic.REMOVE, email=CARO, text="Please remove\n<b>my phone</b>.")


def test_the_list_shows_what_waits_and_what_is_done(robin: ShopClient, app: Flask, case: Case) -> None:
    with app.app_context():
        closed = open_case(topic=Topic.SEE, email=CARO, text="What do you hold?")
        close_case(case=closed, staff_id=1)
    page = robin.get(CASES).text
    assert page.index(case.number) < page.index("Closed</h2>") < page.index(closed.number)
    assert "Please remove" not in page


def test_reading_one_is_written_down(robin: ShopClient, case: Case) -> None:
    page = robin.get(f"{CASES}/{case.number}").text
    assert "&lt;b&gt;my phone&lt;/b&gt;" in page
    assert [event.kind for event in events_about("case", case.id)][-1] == "case-read"


def test_answering_mails_the_answer(robin: ShopClient, case: Case) -> None:
    page = f"{CASES}/{case.number}"
    answer = robin.submit(page, action=f"{page}/answers", text="It is gone.")
    assert (answer.status_code, answer.location) == (303, page)
    assert "It is gone." in robin.get(page).text
    assert [mail.recipient for mail in mails_about("case", case.id)].count(CARO) == 2


def test_an_empty_answer_is_refused(robin: ShopClient, case: Case) -> None:
    page = f"{CASES}/{case.number}"
    answer = robin.submit(page, action=f"{page}/answers", text="  ")
    assert answer.status_code == 422
    assert "Write the answer first." in answer.text


def test_with_htmx_the_case_is_answered_and_closed_in_its_place(robin_htmx: HtmxClient, case: Case) -> None:
    page = f"{CASES}/{case.number}"
    answered = robin_htmx.submit(page, action=f"{page}/answers", text="It is gone.")
    assert "Your answer is on its way." in answered.text
    closed = robin_htmx.submit(page, action=f"{page}/closure")
    assert "Closed." in closed.text
    assert "<form" not in closed.text


def test_an_answer_to_a_case_closed_meanwhile_is_not_lost(robin: ShopClient, app: Flask, case: Case) -> None:
    page = robin.get(f"{CASES}/{case.number}")
    with app.app_context():
        close_case(case=case, staff_id=1)
    answer = robin.submit(page, action=f"{CASES}/{case.number}/answers", text="It is gone.")
    assert answer.status_code == 422
    assert "It was closed meanwhile: nothing was sent." in answer.text
    assert [mail.recipient for mail in mails_about("case", case.id)].count(CARO) == 1


def test_an_unknown_number_is_nowhere(robin: ShopClient, case: Case) -> None:
    for number in ("0000-0000", "nonsense", f"{case.number}x"):
        assert robin.get(f"{CASES}/{number}").status_code == 404


def test_staff_who_are_not_the_owner_see_none(app: Flask, staff: dict[str, Staff], case: Case) -> None:
    sam = sign_in(ShopClient(app, use_cookies=True), SAM)
    assert sam.get(CASES).status_code == 403
    assert sam.get(f"{CASES}/{case.number}").status_code == 403
    assert CASES not in sam.get("/admin/orders").text
