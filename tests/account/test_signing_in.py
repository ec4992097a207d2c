"""Signing in to an account, and being kept from somebody else's."""

from __future__ import annotations

from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask

from shop.audit.models import AuditEvent
from shop.customers.models import Customer, CustomerSession
from shop.limits import SqliteCounters, limiter
from tests.support.calls import count_calls
from tests.support.client import HtmxClient, ShopClient
from tests.support.customers import CARO, DAN, PASSWORD, make_customer
from tests.support.mailbox import link_to

pytestmark = pytest.mark.once

SIGN_IN = "/sign-in"
NOBODY = "nobody@customers.example"


@pytest.fixture
def caro(app: Flask) -> Customer:
    """With a password of her own, unlike elsewhere."""
    return make_customer(CARO, "Caro Reed", password=PASSWORD)


def sign_in(client: ShopClient, email: str = CARO, password: str = PASSWORD, **typed: Any) -> Any:
    return client.submit(SIGN_IN, action=SIGN_IN, email=email, password=password, **typed)


def at(app: Flask, address: str) -> ShopClient:
    client = ShopClient(app, use_cookies=True)
    client.environ_base["REMOTE_ADDR"] = address
    return client


def guessed_so_far(limit: str, more: int) -> None:
    """As if there had been so many more, without waiting for each to be hashed."""
    assert isinstance(limiter.storage, SqliteCounters)
    with limiter.storage._connection() as counters:
        counters.execute("UPDATE counter SET hits = hits + ? WHERE key LIKE ?", (more, f"%{limit}"))
        assert counters.changes() == 1


def test_with_the_right_password_one_is_in(client: ShopClient, caro: Customer) -> None:
    answer = sign_in(client, CARO.upper())
    assert (answer.status_code, answer.location) == (303, "/account")
    assert client.get("/account").status_code == 200
    assert client.get(SIGN_IN).location == "/account"


def test_htmx_is_told_to_load_the_account_as_a_page_of_its_own(htmx: HtmxClient, caro: Customer) -> None:
    assert sign_in(htmx).headers["HX-Redirect"] == "/account"
    assert sign_in(HtmxClient(htmx.application, use_cookies=True), password="wrong").status_code == 422


def test_a_wrong_password_and_an_unknown_account_cannot_be_told_apart(app: Flask, caro: Customer) -> None:
    known = sign_in(ShopClient(app, use_cookies=True), CARO, "not this one")
    unknown = sign_in(ShopClient(app, use_cookies=True), NOBODY, "not this one")
    assert known.status_code == unknown.status_code == 422
    assert _without_token(known.text, CARO) == _without_token(unknown.text, NOBODY)
    told = set(known.headers.keys()) - {"Set-Cookie", "X-Request-Id", "Date", "Content-Length"}
    assert {name: known.headers[name] for name in told} == {name: unknown.headers[name] for name in told}
    assert "not this one" not in known.text


def _without_token(page: str, email: str) -> list[str]:
    of_this_page = ("csrf_token", 'name="once"')
    return [line.replace(email, "") for line in page.splitlines() if not any(name in line for name in of_this_page)]


def test_the_same_work_is_done_for_an_account_that_is_not_there(client: ShopClient, caro: Customer) -> None:
    for email in (CARO, NOBODY):
        page = client.get(SIGN_IN)
        rows = AuditEvent.select().count()
        with count_calls(PasswordHasher.verify, PasswordHasher.hash) as hashed:
            client.submit(page, action=SIGN_IN, email=email, password="not this one")
        assert hashed.count("verify") == 1
        assert AuditEvent.select().count() == rows + 1


def test_a_closed_account_is_as_unknown_as_any(client: ShopClient, caro: Customer) -> None:
    Customer.update(closed_at=caro.created_at).where(Customer.id == caro.id).execute()
    assert sign_in(client).status_code == 422


def test_after_signing_in_one_is_where_one_wanted_to_be(client: ShopClient, caro: Customer) -> None:
    wanted = client.get("/account/security")
    assert wanted.location == "/sign-in?next=/account/security"
    answer = client.submit(wanted.location, action=SIGN_IN, email=CARO, password=PASSWORD)
    assert answer.location == "/account/security"


@pytest.mark.parametrize(
    "target",
    [
        *("https://evil.example/account", "//evil.example/account", "/\\evil.example", "/account\\..//evil.example"),
        *("javascript:alert(1)", "///account", "/account/\n", "//[", "/account/../cart", "/admin/orders", "/cart"),
        *("http:/account", "/%2f/evil.example", "account", "/accountant"),
    ],
)
def test_signing_in_leads_nowhere_but_to_ones_own_pages(client: ShopClient, caro: Customer, target: str) -> None:
    client.get(SIGN_IN, query_string={"next": target})
    assert sign_in(client, next=target).location == "/account"


def test_signing_in_starts_a_new_session(app: Flask, caro: Customer) -> None:
    """Whoever planted a cookie in somebody's browser gets nothing by their signing in."""
    victim, thief = ShopClient(app, use_cookies=True), ShopClient(app, use_cookies=True)
    with victim.session_transaction() as session:
        session["csrf_token"] = session["step"] = "planted"
    planted = victim.get_cookie("session")
    assert planted is not None
    sign_in(victim)
    fresh = victim.get_cookie("session")
    assert fresh is not None and fresh.value != planted.value
    thief.set_cookie("session", planted.value)
    assert thief.get("/account").status_code == 303
    with victim.session_transaction() as session:
        assert "planted" not in session.values()


def test_the_cookie_holds_random_ids_and_the_database_only_their_hashes(client: ShopClient, caro: Customer) -> None:
    sign_in(client)
    with client.session_transaction() as session:
        held = {name: value for name, value in session.items() if value is not None}
    token = held["_user_id"].removeprefix("customer:")
    assert held.keys() <= {"_user_id", "_fresh", "csrf_token"}
    assert len(token) >= 43
    assert token.encode() not in bytes(CustomerSession.get().token_hash)


def test_guessing_is_stopped_and_keeps_the_rightful_person_in(app: Flask, caro: Customer) -> None:
    guesser, caros = at(app, "203.0.113.9"), at(app, "198.51.100.7")
    answers = [sign_in(guesser, password=f"guess {count}") for count in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert "let us mail you a link" in answers[-1].text
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 15 * 60
    assert sign_in(guesser).status_code == 429
    assert sign_in(caros).status_code == 303


def test_guessing_from_everywhere_still_leaves_the_mailed_link(app: Flask, caro: Customer) -> None:
    sign_in(at(app, "203.0.113.1"), password="guess")
    guessed_so_far("100/1/hour", 98)
    codes = [sign_in(at(app, f"203.0.113.{count}"), password="guess").status_code for count in (2, 3)]
    assert codes == [422, 429]
    caros = at(app, "198.51.100.7")
    assert sign_in(caros).status_code == 429
    caros.submit("/password/forgotten", action="/password/forgotten", email=CARO)
    answer = caros.submit(link_to(CARO), action="/password/new", password="herons stand on one leg")
    assert (answer.status_code, answer.location) == (303, "/account")


def test_guessing_is_stopped_for_accounts_that_are_not_there_just_the_same(app: Flask) -> None:
    guesser = at(app, "203.0.113.9")
    codes = [sign_in(guesser, NOBODY, f"guess {count}").status_code for count in range(11)]
    assert codes == [422] * 10 + [429]


def test_somebody_elses_account_is_not_slowed_by_guesses_at_this_one(app: Flask, caro: Customer) -> None:
    make_customer(DAN, "Dan Moss", password=PASSWORD)
    household = at(app, "203.0.113.9")
    for _ in range(11):
        sign_in(household, password="guess")
    assert sign_in(household, DAN).status_code == 303


def test_a_hash_with_weaker_figures_is_made_anew(client: ShopClient, caro: Customer) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    Customer.update(password_hash=weak).where(Customer.id == caro.id).execute()
    assert sign_in(client).status_code == 303
    assert "m=19456,t=2,p=1" in Customer.get_by_id(caro.id).password_hash


def test_empty_fields_are_named_and_the_address_is_kept(client: ShopClient) -> None:
    answer = sign_in(client, CARO, "")
    assert answer.status_code == 422
    assert "Type your password." in answer.text
    assert f'value="{CARO}"' in answer.text


def test_password_managers_may_fill_it_in(client: ShopClient) -> None:
    page = client.get(SIGN_IN).text
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page


@pytest.mark.parametrize("page", [SIGN_IN, "/sign-up", "/password/forgotten"])
@pytest.mark.parametrize(
    "sign", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}]
)
def test_a_form_that_another_site_sends_is_refused(app: Flask, page: str, sign: dict[str, str]) -> None:
    client = ShopClient(app, use_cookies=True)
    assert client.post(page, data={"email": CARO, "password": PASSWORD}, headers=sign).status_code == 403


@pytest.mark.promise("P03")
@pytest.mark.parametrize("page", [SIGN_IN, "/sign-up", "/password/forgotten", "/account", "/sign-up/sent"])
def test_nobody_gets_a_cookie_for_looking_at_the_way_in(client: ShopClient, page: str) -> None:
    answer = client.get(page, follow_redirects=True)
    assert "Set-Cookie" not in answer.headers


@pytest.mark.promise("P31")
def test_the_shops_own_pages_are_the_same_for_whoever_is_signed_in(caros: ShopClient, client: ShopClient) -> None:
    for page in ("/", "/search?q=tote"):
        answer = caros.get(page)
        assert 'href="/account"' in answer.text
        assert answer.data == client.get(page).data
