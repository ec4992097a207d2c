"""Making an account: by the link that is mailed to the address, and by nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop.audit.models import AuditEvent
from shop.customers.models import Customer, CustomerSession, LinkPurpose, MailedLink
from shop.outbox.models import Mail
from shop.vault import rows_with_name
from tests.support.client import HtmxClient, ShopClient
from tests.support.customers import CARO, PASSWORD
from tests.support.mailbox import link_to, mails_to, subjects_to

pytestmark = pytest.mark.once

SIGN_UP, CHOOSE, SENT = "/sign-up", "/sign-up/password", "/sign-up/sent"
ADA = "ada@visitors.example"


def ask(client: ShopClient, email: str = ADA) -> str:
    """The link that was mailed."""
    client.submit(SIGN_UP, action=SIGN_UP, email=email)
    return link_to(email)


def test_the_mailed_link_leads_to_an_account_that_is_signed_in(client: ShopClient) -> None:
    answer = client.submit(ask(client), action=CHOOSE, name="Ada Lark", password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/account")
    assert ADA in client.get("/account/security").text
    made = Customer.get()
    assert (made.email, made.name) == (ADA, "Ada Lark")
    assert made.password_hash.startswith("$argon2id$")
    assert [row.id for row in rows_with_name(Customer, "lark")] == [made.id]


def test_htmx_gets_the_account_as_a_page_of_its_own(htmx: HtmxClient) -> None:
    assert "Look into your mailbox" in htmx.submit(SIGN_UP, action=SIGN_UP, email=ADA).text
    answer = htmx.submit(link_to(ADA), action=CHOOSE, password=PASSWORD)
    assert answer.headers["HX-Redirect"] == "/account"
    assert Customer.get().name is None


def test_nothing_is_made_before_the_link_was_used(client: ShopClient) -> None:
    answer = client.submit(SIGN_UP, action=SIGN_UP, email=ADA)
    assert (answer.status_code, answer.location) == (303, SENT)
    assert "Look into your mailbox" in client.get(SENT).text
    assert not Customer.select().exists()


def test_an_address_that_has_an_account_is_told_in_its_mailbox_alone(
    app: Flask, client: ShopClient, caro: Customer
) -> None:
    stranger = ShopClient(app, use_cookies=True)
    known = client.submit(SIGN_UP, action=SIGN_UP, email=CARO.upper())
    unknown = stranger.submit(SIGN_UP, action=SIGN_UP, email=ADA)
    assert (known.status_code, known.location, known.data) == (unknown.status_code, unknown.location, unknown.data)
    told = {"Content-Length", "Location", "Vary", "Cache-Control", "Content-Type"}
    assert {name: known.headers[name] for name in told} == {name: unknown.headers[name] for name in told}
    assert client.get(SENT).data == stranger.get(SENT).data
    assert (subjects_to(CARO), subjects_to(ADA)) == (["You have an account already"], ["Finish making your account"])


def test_asking_does_the_same_work_for_both(app: Flask, client: ShopClient, caro: Customer) -> None:
    rows = []
    for email in (CARO, ADA):
        before = [model.select().count() for model in (Mail, MailedLink, AuditEvent)]
        client.submit(SIGN_UP, action=SIGN_UP, email=email)
        after = [model.select().count() for model in (Mail, MailedLink, AuditEvent)]
        rows.append([now - then for now, then in zip(after, before, strict=True)])
    assert rows == [[1, 1, 1], [1, 1, 1]]


def test_the_mail_to_somebody_with_an_account_leads_to_a_new_password(client: ShopClient, caro: Customer) -> None:
    assert ask(client, CARO).startswith("/password/new?key=")
    assert MailedLink.get().purpose == LinkPurpose.RESET_PASSWORD


@pytest.mark.parametrize("email", ["", "ada", "ada@", "a@b", "ada@visitors.example, dan@customers.example"])
def test_what_is_no_address_is_refused_and_kept(client: ShopClient, email: str) -> None:
    answer = client.submit(SIGN_UP, action=SIGN_UP, email=email)
    assert answer.status_code == 422
    assert f'value="{email}"' in answer.text
    assert not Mail.select().exists()


def test_a_program_that_follows_links_in_mails_does_not_use_them_up(app: Flask, client: ShopClient) -> None:
    link = ask(client)
    for _ in range(3):
        assert ShopClient(app).get(link).status_code == 200
        assert ShopClient(app).head(link).status_code == 200
    assert client.submit(link, action=CHOOSE, password=PASSWORD).status_code == 303


@pytest.mark.parametrize("password", ["", "short", "passwordpassword", "ada visitors ada", "Fern & Strap 2026"])
def test_a_password_that_will_not_do_leaves_the_link_as_good_as_it_was(client: ShopClient, password: str) -> None:
    link = ask(client)
    answer = client.submit(link, action=CHOOSE, name="Ada Lark", password=password)
    assert answer.status_code == 422
    assert 'value="Ada Lark"' in answer.text
    assert password == "" or password not in answer.text
    assert client.submit(answer, action=CHOOSE, password=PASSWORD).location == "/account"


def test_two_tabs_make_one_account(app: Flask, client: ShopClient) -> None:
    link = ask(client)
    other = ShopClient(app, use_cookies=True)
    here, there = client.get(link), other.get(link)
    assert client.submit(here, action=CHOOSE, password=PASSWORD).status_code == 303
    late = other.submit(there, action=CHOOSE, password=PASSWORD)
    assert late.status_code == 410
    assert "leads nowhere any more" in late.text
    assert Customer.select().count() == 1


def test_following_the_link_once_more_ends_in_the_account(client: ShopClient) -> None:
    link = ask(client)
    client.submit(link, action=CHOOSE, password=PASSWORD)
    assert client.get(link).location == "/account"


def test_the_link_runs_out(client: ShopClient) -> None:
    link = ask(client)
    clock.travel(timedelta(minutes=61))
    answer = client.get(link)
    assert answer.status_code == 410
    assert 'href="/sign-up"' in answer.text


@pytest.mark.parametrize("key", ["", "no-such-key", "x" * 5_000, "\x00", "é"])
def test_a_made_up_link_leads_nowhere(client: ShopClient, key: str) -> None:
    assert client.get(CHOOSE, query_string={"key": key}).status_code == 410
    assert client.get("/password/new", query_string={"key": key}).status_code == 410


def test_an_account_that_came_into_being_meanwhile_is_kept(client: ShopClient) -> None:
    page = client.get(ask(client))
    made = Customer.create(subject="0" * 32, source="self", email_index=MailedLink.get().email_index)
    answer = client.submit(page, action=CHOOSE, password=PASSWORD)
    assert answer.status_code == 409
    assert [customer.id for customer in Customer.select()] == [made.id]


def test_one_mailbox_gets_no_more_than_five_links_an_hour_and_nobody_can_tell(app: Flask) -> None:
    answers = []
    for number in range(7):
        asker = ShopClient(app, use_cookies=True)
        asker.environ_base["REMOTE_ADDR"] = f"203.0.113.{number}"
        answers.append(asker.submit(SIGN_UP, action=SIGN_UP, email=ADA))
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, SENT)}
    assert len(mails_to(ADA)) == 5
    assert ShopClient(app).get(link_to(ADA)).status_code == 200


def test_one_asker_gets_no_more_than_twenty_links_an_hour(client: ShopClient) -> None:
    client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    codes = [
        client.submit(SIGN_UP, action=SIGN_UP, email=f"ada{number}@visitors.example").status_code
        for number in range(21)
    ]
    assert codes == [303] * 20 + [429]


@pytest.mark.promise("P44")
def test_signing_up_says_that_what_one_tells_should_be_kept_correct(client: ShopClient) -> None:
    assert "Please keep what you tell us correct" in client.get(ask(client)).text


def test_password_managers_know_what_to_fill_in(client: ShopClient) -> None:
    page = client.get(ask(client)).text
    assert 'autocomplete="new-password"' in page
    assert f'value="{ADA}" autocomplete="username"' in page


def test_signing_up_again_while_signed_in_leads_to_the_account(caros: ShopClient) -> None:
    assert caros.get(SIGN_UP).location == "/account"


def test_each_step_is_in_the_trail_by_ids_alone(client: ShopClient) -> None:
    client.submit(ask(client), action=CHOOSE, name="Ada Lark", password=PASSWORD)
    events = list(AuditEvent.select().order_by(AuditEvent.number))
    kinds = [event.kind for event in events if event.kind.startswith("customer")]
    assert kinds == ["customer-link-mailed", "customer-signed-up", "customer-signed-in"]
    assert not any("ada" in str(event.details).lower() for event in events)
    assert CustomerSession.select().count() == 1
