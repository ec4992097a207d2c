"""Staff see nothing of a customer's by a password alone."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask

from shop import clock
from shop.admin.access.second_factor import give_demo_app
from shop.admin.access.sessions import begin_session
from shop.admin.models import Staff, StaffAuthenticator, StaffRecoveryCode, StaffSession, StaffStep
from shop.audit.models import AuditEvent
from shop.second_factor import STEP_SECONDS, recovery_hash

from ...support.client import HtmxClient, ShopClient
from ...support.desk import PASSWORD, ROBIN, SAM, code_of, give_app

SIGN_IN, CODE, MINE = "/admin/sign-in", "/admin/sign-in/code", "/admin/me/second-factor"
WRONG = "000000"


@pytest.fixture
def phone(staff: dict[str, Staff]) -> pyotp.TOTP:
    """The owner's."""
    return give_app(staff[ROBIN])


def by_password(client: ShopClient, staff: Staff) -> ShopClient:
    """Signed in as somebody who has no second factor is."""
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = f"staff:{begin_session(staff=staff, is_proven=False)}", True
    return client


def half_way(client: ShopClient) -> ShopClient:
    assert client.submit(SIGN_IN, action=SIGN_IN, email=ROBIN, password=PASSWORD).location == CODE
    return client


@pytest.mark.promise("P48", "P46")
def test_without_a_second_factor_nobody_sees_a_customer_and_is_led_to_set_one_up(
    client: ShopClient, htmx: HtmxClient, staff: dict[str, Staff]
) -> None:
    answer = client.submit(SIGN_IN, action=SIGN_IN, email=ROBIN, password=PASSWORD)
    assert answer.location == "/admin/"
    for page in ("/admin/orders", "/admin/orders?q=ada@example.com", "/admin/cases", "/admin/privacy"):
        assert (client.get(page).status_code, client.get(page).location) == (303, MINE)
    assert client.get("/admin/").status_code == 200
    refused = by_password(htmx, staff[ROBIN]).get("/admin/orders")
    assert (refused.status_code, refused.headers["HX-Redirect"]) == (403, MINE)


@pytest.mark.promise("P48")
def test_setting_one_up_takes_the_password_and_a_code_and_ends_other_sign_ins(
    app: Flask, client: ShopClient, staff: dict[str, Staff]
) -> None:
    other = by_password(ShopClient(app, use_cookies=True), staff[ROBIN])
    by_password(client, staff[ROBIN])
    assert client.submit(MINE, action=MINE, password="not this one").status_code == 422
    assert StaffAuthenticator.select().count() == 0
    assert client.submit(MINE, action=MINE, password=PASSWORD).location == f"{MINE}/app"
    page = client.get(f"{MINE}/app")
    secret = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page.text)
    assert secret is not None
    assert "data:image/svg+xml" in page.text
    assert client.submit(page, action=f"{MINE}/app", code=WRONG).status_code == 422
    assert client.get("/admin/orders").status_code == 303
    app_code = code_of(pyotp.TOTP(secret[1].replace(" ", "")))
    codes = client.submit(page, action=f"{MINE}/app", code=app_code).text
    assert len(re.findall(r"<code>[a-z0-9-]{14}</code>", codes)) == 10
    assert client.get("/admin/orders").status_code == 200
    assert other.get("/admin/").status_code == 303


def test_a_password_alone_stops_half_way(client: ShopClient, phone: pyotp.TOTP) -> None:
    half_way(client)
    assert StaffSession.select().count() == 0
    assert client.get("/admin/").status_code == 303
    assert client.get("/admin/me").status_code == 303


@pytest.mark.promise("P48")
def test_a_code_is_good_once(app: Flask, client: ShopClient, phone: pyotp.TOTP) -> None:
    code = code_of(phone)
    assert half_way(client).submit(CODE, action=CODE, code=code).location == "/admin/"
    thief = half_way(ShopClient(app, use_cookies=True))
    answer = thief.submit(CODE, action=CODE, code=code)
    assert answer.status_code == 422
    assert "was used already" in answer.text
    clock.travel(timedelta(seconds=STEP_SECONDS))
    assert thief.submit(CODE, action=CODE, code=f" {code_of(phone)[:3]} {code_of(phone)[3:]} ").location == "/admin/"


def test_a_code_of_another_hour_is_refused(client: ShopClient, phone: pyotp.TOTP) -> None:
    old = code_of(phone)
    clock.travel(timedelta(hours=1))
    assert half_way(client).submit(CODE, action=CODE, code=old).status_code == 422


@pytest.mark.promise("P48")
def test_guessing_codes_is_stopped_and_a_recovery_code_still_works(
    app: Flask, client: ShopClient, staff: dict[str, Staff], phone: pyotp.TOTP
) -> None:
    for _ in range(6):
        guesser = half_way(client)
        answers = [guesser.submit(CODE, action=CODE, code=WRONG).status_code for _ in range(5)]
        assert answers == [422] * 5
        StaffStep.delete().execute()
    half_way(client)
    assert client.submit(CODE, action=CODE, code=code_of(phone)).status_code == 429
    recovery = "abcd-efgh-jkmn"
    StaffRecoveryCode.create(staff=staff[ROBIN].id, code_hash=recovery_hash(f"staff:{staff[ROBIN].id}", recovery))
    assert client.submit(f"{CODE}?with=recovery", action=CODE, code=recovery.upper()).location == "/admin/"
    assert StaffRecoveryCode.select().where(StaffRecoveryCode.used_at.is_null()).count() == 0
    refused = AuditEvent.select().where(AuditEvent.kind == "staff-sign-in-refused").count()
    assert refused == 30


def test_half_a_sign_in_ends_after_some_tries_or_minutes(client: ShopClient, phone: pyotp.TOTP) -> None:
    page = half_way(client).get(CODE)
    answers = [client.submit(page, action=CODE, code=WRONG).status_code for _ in range(6)]
    assert answers == [422] * 5 + [410]
    page = half_way(client).get(CODE)
    clock.travel(timedelta(minutes=11))
    answer = client.submit(page, action=CODE, code=code_of(phone))
    assert answer.status_code == 410
    assert "Please sign in again" in answer.text


def test_somebody_who_left_half_way_is_out(client: ShopClient, staff: dict[str, Staff], phone: pyotp.TOTP) -> None:
    page = half_way(client).get(CODE)
    Staff.update(is_active=False).where(Staff.id == staff[ROBIN].id).execute()
    assert client.submit(page, action=CODE, code=code_of(phone)).status_code == 410


def test_the_code_leads_where_one_wanted_to_be_and_nowhere_else(client: ShopClient, phone: pyotp.TOTP) -> None:
    page = f"{SIGN_IN}?next=/admin/orders?state%3Dpacked"
    asked = client.submit(page, action=SIGN_IN, email=ROBIN, password=PASSWORD)
    assert asked.location == f"{CODE}?next=/admin/orders?state%3Dpacked"
    assert client.submit(asked.location, action=CODE, code=code_of(phone)).location == "/admin/orders?state=packed"


def test_a_cookie_from_half_way_opens_nothing(app: Flask, client: ShopClient, phone: pyotp.TOTP) -> None:
    half_way(client)
    before = client.get_cookie("session")
    client.submit(CODE, action=CODE, code=code_of(phone))
    assert before is not None
    thief = ShopClient(app, use_cookies=True)
    thief.set_cookie("session", before.value)
    assert thief.get("/admin/orders").status_code == 303
    assert thief.get(CODE).status_code == 410


def test_another_app_takes_the_place_of_the_first(robin: ShopClient, staff: dict[str, Staff]) -> None:
    first = StaffAuthenticator.get()
    phone = pyotp.TOTP(str(first.secret))
    assert robin.submit(MINE, action=MINE, password=PASSWORD, code=WRONG).status_code == 422
    assert robin.submit(MINE, action=MINE, password=PASSWORD, code=code_of(phone)).location == f"{MINE}/app"
    second = StaffAuthenticator.select().order_by(StaffAuthenticator.id.desc()).get()
    robin.submit(f"{MINE}/app", action=f"{MINE}/app", code=code_of(pyotp.TOTP(str(second.secret))))
    assert [row.id for row in StaffAuthenticator.select()] == [second.id]


def test_whoever_knows_the_password_guesses_no_code_there(robin: ShopClient) -> None:
    page = robin.get(MINE)
    answers = [robin.submit(page, action=MINE, password=PASSWORD, code=WRONG).status_code for _ in range(11)]
    assert answers == [*[422] * 10, 429]


def test_recovery_codes_are_made_anew(robin: ShopClient, staff: dict[str, Staff]) -> None:
    phone = pyotp.TOTP(str(StaffAuthenticator.get().secret))
    answer = robin.submit(MINE, action=MINE, password=PASSWORD, code="")
    assert "Type the code." in answer.text
    codes = robin.post(
        "/admin/me/recovery-codes",
        data={"csrf_token": token_in(answer.text), "password": PASSWORD, "code": code_of(phone)},
    )
    assert "Your recovery codes" in codes.text
    assert StaffRecoveryCode.select().count() == 10


def test_without_phone_and_codes_the_server_resets_it(app: Flask, robin: ShopClient) -> None:
    said = app.test_cli_runner().invoke(args=["shop", "staff", "reset", ROBIN])
    assert said.exit_code == 0, said.output
    assert StaffAuthenticator.select().count() == 0
    assert robin.get("/admin/").status_code == 303
    assert app.test_cli_runner().invoke(args=["shop", "staff", "reset", "nobody@fern.example"]).exit_code == 1


def test_the_demo_shows_its_own_codes_each_once(app: Flask, staff: dict[str, Staff]) -> None:
    give_demo_app(staff=staff[ROBIN])
    seen = set()
    for _ in range(2):
        client = ShopClient(app, use_cookies=True)
        page = half_way(client).get(CODE)
        code = re.search(r'<code class="secret">(\d{6})</code>', page.text)
        assert code is not None
        seen.add(code[1])
        assert client.submit(page, action=CODE, code=code[1]).location == "/admin/"
    assert len(seen) == 2
    assert client.get("/admin/orders").status_code == 200


def test_the_demo_shows_nobodys_own_app(client: ShopClient, phone: pyotp.TOTP) -> None:
    page = half_way(client).get(CODE).text
    assert "demo" not in page
    assert code_of(phone) not in page


class TestForReal:
    """A shop that takes money: what the demo made counts no more."""

    @pytest.fixture
    def settings_overrides(self) -> dict[str, Any]:
        keys = {"braintree_merchant_id": "m", "braintree_public_key": "k", "braintree_private_key": "s"}
        return {"braintree_environment": "sandbox", **keys}

    def test_the_demos_app_is_none(self, client: ShopClient, staff: dict[str, Staff]) -> None:
        give_demo_app(staff=staff[SAM])
        assert StaffAuthenticator.select().count() == 0
        StaffAuthenticator.create(
            subject=staff[ROBIN].subject, source="shop", staff=staff[ROBIN].id, secret="JBSWY3DPEHPK3PXP",
            is_demo=True, confirmed_at=clock.now(),
        )  # fmt: skip
        assert client.submit(SIGN_IN, action=SIGN_IN, email=ROBIN, password=PASSWORD).location == "/admin/"
        assert client.get("/admin/orders").location == MINE


def token_in(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]
