"""A password forgotten, chosen anew by a mailed link, and changed by whoever knows it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from shop import clock
from shop.audit.models import AuditEvent
from shop.customers.models import Customer, CustomerSession, MailedLink
from shop.outbox.models import Mail
from shop.passwords import verify_password
from tests.support.client import HtmxClient, ShopClient
from tests.support.customers import CARO, PASSWORD, as_customer, make_customer
from tests.support.mailbox import link_to, subjects_to

pytestmark = pytest.mark.once

FORGOTTEN, NEW, CHANGE = "/password/forgotten", "/password/new", "/account/password"
NOBODY, BETTER = "nobody@customers.example", "herons stand on one leg"
CHANGED = "Your password was changed"


@pytest.fixture
def caro(app: Flask) -> Customer:
    """With a password of her own, unlike elsewhere."""
    return make_customer(CARO, "Caro Reed", password=PASSWORD)


def ask(client: ShopClient, email: str = CARO) -> str:
    client.submit(FORGOTTEN, action=FORGOTTEN, email=email)
    return link_to(email)


def fits(password: str) -> bool:
    return verify_password(Customer.get().password_hash, password)


def change(client: ShopClient, current: str = PASSWORD, new: str = BETTER) -> Any:
    return client.submit(CHANGE, action=CHANGE, current=current, password=new)


def test_the_mailed_link_leads_to_a_new_password_and_in(client: ShopClient, caro: Customer) -> None:
    answer = client.submit(ask(client), action=NEW, password=BETTER)
    assert (answer.status_code, answer.location) == (303, "/account")
    assert client.get("/account").status_code == 200
    assert fits(BETTER) and not fits(PASSWORD)
    assert subjects_to(CARO) == ["Choose a new password", CHANGED]


def test_with_htmx_too(htmx: HtmxClient, caro: Customer) -> None:
    assert "Look into your mailbox" in htmx.submit(FORGOTTEN, action=FORGOTTEN, email=CARO).text
    answer = htmx.submit(link_to(CARO), action=NEW, password=BETTER)
    assert answer.headers["HX-Redirect"] == "/account"


def test_asking_says_the_same_and_does_the_same_for_an_address_without_an_account(app: Flask, caro: Customer) -> None:
    answers, rows = [], []
    for email in (CARO, NOBODY):
        client = ShopClient(app, use_cookies=True)
        before = [model.select().count() for model in (Mail, MailedLink, AuditEvent)]
        answers.append(client.submit(FORGOTTEN, action=FORGOTTEN, email=email))
        after = [model.select().count() for model in (Mail, MailedLink, AuditEvent)]
        rows.append([now - then for now, then in zip(after, before, strict=True)])
    known, unknown = answers
    assert (known.status_code, known.location, known.data) == (unknown.status_code, unknown.location, unknown.data)
    assert rows == [[1, 1, 1], [1, 1, 1]]
    assert subjects_to(NOBODY) == ["There is no account with this address"]


def test_the_link_goes_to_the_accounts_own_address_however_the_asker_spelled_it(
    client: ShopClient, caro: Customer
) -> None:
    ask(client, CARO.upper())
    assert Mail.get().recipient == CARO


def test_whoever_has_no_account_may_make_one_by_that_mail(client: ShopClient) -> None:
    answer = client.submit(ask(client, NOBODY), action="/sign-up/password", password=BETTER)
    assert answer.location == "/account"


def test_a_new_password_ends_every_sign_in_but_this(app: Flask, caros: ShopClient, caro: Customer) -> None:
    client = ShopClient(app, use_cookies=True)
    client.submit(ask(client), action=NEW, password=BETTER)
    assert caros.get("/account").status_code == 303
    assert CustomerSession.select().count() == 1


def test_the_link_works_once(app: Flask, client: ShopClient, caro: Customer) -> None:
    link = ask(client)
    other = ShopClient(app, use_cookies=True)
    there = other.get(link)
    client.submit(link, action=NEW, password=BETTER)
    assert other.submit(there, action=NEW, password="a thief was here today").status_code == 410
    assert other.get(link).status_code == 410
    assert fits(BETTER)


def test_looking_at_the_link_does_not_use_it_up_nor_does_a_wrong_try(client: ShopClient, caro: Customer) -> None:
    link = ask(client)
    client.get(link)
    short = client.submit(link, action=NEW, password="short")
    assert short.status_code == 422
    assert client.submit(short, action=NEW, password=BETTER).status_code == 303


def test_it_runs_out_after_an_hour(client: ShopClient, caro: Customer) -> None:
    link = ask(client)
    clock.travel(timedelta(minutes=61))
    assert client.get(link).status_code == 410


def test_it_ends_when_the_password_was_changed_meanwhile(app: Flask, caros: ShopClient, caro: Customer) -> None:
    client = ShopClient(app, use_cookies=True)
    link = ask(client)
    change(caros)
    assert client.get(link).status_code == 410


def test_a_newer_link_ends_the_older_one(client: ShopClient, caro: Customer) -> None:
    older = ask(client)
    newer = ask(client)
    assert client.get(older).status_code == 410
    assert client.get(newer).status_code == 200


def test_changing_it_takes_the_present_one(caros: ShopClient, caro: Customer) -> None:
    answer = change(caros, current="not this one")
    assert answer.status_code == 422
    assert "not your present password" in answer.text
    assert fits(PASSWORD)


def test_changing_it_ends_the_other_sign_ins_and_is_told(app: Flask, caros: ShopClient, caro: Customer) -> None:
    elsewhere = as_customer(ShopClient(app, use_cookies=True), caro)
    answer = change(caros)
    assert (answer.status_code, answer.location) == (303, "/account/security")
    assert "Your password is changed" in caros.get("/account/security").text
    assert elsewhere.get("/account").status_code == 303
    assert subjects_to(CARO) == [CHANGED]
    assert fits(BETTER)


def test_changing_it_with_htmx(caros_htmx: HtmxClient, caro: Customer) -> None:
    assert change(caros_htmx, new="short").status_code == 422
    assert change(caros_htmx).headers["HX-Redirect"] == "/account/security"


@pytest.mark.parametrize(
    "weak",
    [
        "fourteen chars",
        "qwertyuiopasdfgh",
        "P@ssw0rd!P@ssw0rd!",
        "correcthorsebatterystaple",
        "caro.customers.1",
        "Caro Reed 12345678",
    ]
    + ["Fern & Strap 2026", "x" * 1_001],
)
def test_a_weak_one_is_refused_with_the_reason(caros: ShopClient, caro: Customer, weak: str) -> None:
    answer = change(caros, new=weak)
    assert answer.status_code == 422
    assert 'id="password-error"' in answer.text
    assert fits(PASSWORD)


def test_guessing_the_present_one_in_a_borrowed_browser_is_stopped(caros: ShopClient, caro: Customer) -> None:
    codes = [change(caros, current=f"guess {count}").status_code for count in range(11)]
    assert codes == [422] * 10 + [429]
    assert change(caros).status_code == 429
    assert fits(PASSWORD)


def test_that_keeps_nobody_from_signing_in(app: Flask, caros: ShopClient, caro: Customer) -> None:
    for _ in range(11):
        change(caros, current="guess")
    answer = ShopClient(app, use_cookies=True).submit("/sign-in", action="/sign-in", email=CARO, password=PASSWORD)
    assert answer.status_code == 303


def test_password_managers_find_the_page(client: ShopClient, caros: ShopClient) -> None:
    answer = client.get("/.well-known/change-password")
    assert (answer.status_code, answer.location) == (303, CHANGE)
    page = caros.get(CHANGE).text
    assert page.index('autocomplete="username"') < page.index('autocomplete="current-password"')
    assert 'autocomplete="new-password"' in page


def test_the_trail_says_how_it_was_changed_and_nothing_more(client: ShopClient, caro: Customer) -> None:
    client.submit(ask(client), action=NEW, password=BETTER)
    event = AuditEvent.get(AuditEvent.kind == "customer-password-changed")
    assert (event.about_id, event.details) == (caro.id, '{"by":"link"}')
