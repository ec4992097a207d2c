"""The second factor: set up with an app, asked for at sign-in, got around by recovery codes alone, turned off."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask

from shop import clock
from shop.audit.models import AuditEvent
from shop.customers.models import Authenticator, Customer, CustomerSession, RecoveryCode, SignInStep
from shop.customers.services.second_factor import confirm_authenticator, start_authenticator
from shop.vault import Source
from tests.support.client import HtmxClient, ShopClient
from tests.support.customers import CARO, PASSWORD, as_customer, make_customer
from tests.support.mailbox import link_to, subjects_to

PAGE, START, APP = "/account/second-factor", "/account/second-factor/start", "/account/second-factor/app"
CODES, OFF, SIGN_IN, CODE = "/account/second-factor/codes", "/account/second-factor/off", "/sign-in", "/sign-in/code"


@pytest.fixture
def caro(app: Flask) -> Customer:
    """With a password of her own, unlike elsewhere."""
    return make_customer(CARO, "Caro Reed", password=PASSWORD)


@pytest.fixture
def codes(app: Flask, caro: Customer) -> list[str]:
    """Caro's recovery codes: her second factor is on, and the app has moved on to its next code."""
    with app.app_context():
        start_authenticator(customer=caro)
        found = confirm_authenticator(customer=caro, code=code_now())
    # To the beginning of a half minute, so that none ends while a test is on its way.
    clock.travel(timedelta(seconds=120 + 31 - clock.now().timestamp() % 30))
    return found


def code_now(offset: int = 0) -> str:
    secret = str(Authenticator.get().secret)
    return pyotp.TOTP(secret).at(clock.now(), counter_offset=offset)


def half_in(client: ShopClient) -> Any:
    return client.submit(SIGN_IN, action=SIGN_IN, email=CARO, password=PASSWORD)


def give(client: ShopClient, code: str) -> Any:
    return client.submit(CODE, action=CODE, code=code)


def is_in(client: ShopClient) -> bool:
    return client.get("/account").status_code == 200


def test_it_is_set_up_with_an_app_and_shows_recovery_codes_once(caros: ShopClient, caro: Customer) -> None:
    assert caros.submit(PAGE, action=START, password=PASSWORD).location == APP
    page = caros.get(APP)
    assert 'src="data:image/svg+xml' in page.text
    assert str(Authenticator.get().secret)[:4] in page.text
    answer = caros.submit(page, action=APP, code=code_now())
    shown = re.findall(r"<code>(.{14})</code>", answer.text)
    assert len(set(shown)) == RecoveryCode.select().count() == 10
    assert caros.get(APP).location == PAGE
    assert shown[0] not in caros.get(PAGE).text
    assert subjects_to(CARO) == ["Your second factor is on"]


def test_with_htmx_too(caros_htmx: HtmxClient, caro: Customer) -> None:
    assert caros_htmx.submit(PAGE, action=START, password="wrong").status_code == 422
    caros_htmx.submit(PAGE, action=START, password=PASSWORD)
    assert "Your recovery codes" in caros_htmx.submit(APP, action=APP, code=code_now()).text


def test_a_wrong_code_turns_nothing_on(caros: ShopClient, caro: Customer) -> None:
    caros.submit(PAGE, action=START, password=PASSWORD)
    assert caros.submit(APP, action=APP, code="000000").status_code == 422
    assert half_in(ShopClient(caros.application, use_cookies=True)).location == "/account"


@pytest.mark.promise("P47")
def test_the_secret_is_sealed_and_the_codes_are_hashes(app: Flask, codes: list[str]) -> None:
    row: Any = Authenticator.select().dicts().get()
    assert str(Authenticator.get().secret).encode() not in bytes(row["secret"])
    hashes = [bytes(row.code_hash) for row in RecoveryCode.select()]
    assert not any(code.replace("-", "").encode() in hashed for code in codes for hashed in hashes)


def test_signing_in_takes_the_code_as_well(client: ShopClient, codes: list[str]) -> None:
    assert half_in(client).location == CODE
    assert not is_in(client)
    assert not CustomerSession.select().exists()
    answer = give(client, code_now())
    assert (answer.status_code, answer.location) == (303, "/account")
    assert is_in(client)
    assert not SignInStep.select().exists()


def test_signing_in_with_htmx(htmx: HtmxClient, codes: list[str]) -> None:
    assert half_in(htmx).headers["HX-Redirect"] == CODE
    assert give(htmx, "000000").status_code == 422
    assert give(htmx, code_now()).headers["HX-Redirect"] == "/account"


def test_where_one_wanted_to_be_survives_the_code(client: ShopClient, codes: list[str]) -> None:
    page = f"{SIGN_IN}?next=/account/security"
    answer = client.submit(page, action=SIGN_IN, email=CARO, password=PASSWORD)
    answer = client.submit(answer.location, action=CODE, code=code_now())
    assert answer.location == "/account/security"


def test_a_new_password_by_mail_does_not_get_around_it(client: ShopClient, codes: list[str]) -> None:
    client.submit("/password/forgotten", action="/password/forgotten", email=CARO)
    answer = client.submit(link_to(CARO), action="/password/new", password="herons stand on one leg")
    assert answer.location == CODE
    assert not is_in(client)


@pytest.mark.parametrize(("offset", "is_right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_half_a_minute_off(client: ShopClient, codes: list[str], offset: int, is_right: bool) -> None:
    half_in(client)
    assert (give(client, code_now(offset)).status_code == 303) is is_right


def test_a_code_is_good_once_and_not_after_a_later_one(app: Flask, codes: list[str]) -> None:
    first, second, third = (ShopClient(app, use_cookies=True) for _ in range(3))
    for client in (first, second, third):
        half_in(client)
    now, before = code_now(), code_now(-1)
    assert give(first, now).status_code == 303
    assert give(second, now).status_code == 422
    assert give(third, before).status_code == 422


def test_codes_are_read_however_they_are_typed(client: ShopClient, codes: list[str]) -> None:
    half_in(client)
    code = code_now()
    assert give(client, f" {code[:3]} {code[3:]} ").status_code == 303


def test_a_recovery_code_lets_in_once_and_is_told(app: Flask, codes: list[str]) -> None:
    first, second = ShopClient(app, use_cookies=True), ShopClient(app, use_cookies=True)
    half_in(first), half_in(second)
    assert "recovery code" in first.get(f"{CODE}?with=recovery").text
    assert give(first, codes[3].upper().replace("-", " ")).status_code == 303
    assert give(second, codes[3]).status_code == 422
    assert give(second, codes[4]).status_code == 303
    assert subjects_to(CARO).count("A recovery code was used") == 2
    assert "8 recovery codes left" in first.get("/account/security").text


def test_five_wrong_codes_end_the_half_sign_in(client: ShopClient, codes: list[str]) -> None:
    half_in(client)
    answers = [give(client, "000000") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [422] * 5
    last = give(client, code_now())
    assert last.status_code == 410
    assert "sign in again" in last.text
    assert subjects_to(CARO)[-1] == "Somebody with your password was stopped"
    assert half_in(client).location == CODE
    assert give(client, code_now()).status_code == 303


def test_guessing_codes_day_in_day_out_is_stopped_but_not_the_recovery_codes(app: Flask, codes: list[str]) -> None:
    client = ShopClient(app, use_cookies=True)
    for _ in range(6):
        half_in(client)
        for _ in range(5):
            give(client, "000000")
    half_in(client)
    assert give(client, code_now()).status_code == 429
    assert give(client, codes[0]).status_code == 303


def test_the_half_sign_in_does_not_wait_for_ever(client: ShopClient, codes: list[str]) -> None:
    half_in(client)
    page = client.get(CODE)
    clock.travel(timedelta(minutes=15))
    assert client.submit(page, action=CODE, code=code_now()).status_code == 410


def test_a_changed_password_ends_whatever_was_half_done(app: Flask, client: ShopClient, codes: list[str]) -> None:
    thief = ShopClient(app, use_cookies=True)
    half_in(thief)
    page = thief.get(CODE)
    client.submit("/password/forgotten", action="/password/forgotten", email=CARO)
    client.submit(link_to(CARO), action="/password/new", password="herons stand on one leg")
    assert thief.submit(page, action=CODE, code=code_now()).status_code == 410


def test_without_half_a_sign_in_there_is_nothing_to_type_a_code_for(client: ShopClient) -> None:
    assert client.get(CODE).location == SIGN_IN


def test_with_a_second_factor_eight_characters_are_enough(app: Flask, caro: Customer, codes: list[str]) -> None:
    client = as_customer(ShopClient(app, use_cookies=True), caro)
    page = "/account/password"
    assert client.submit(page, action=page, current=PASSWORD, password="k7Rq-9ad").status_code == 303
    answer = client.submit(PAGE, action=CODES, password="k7Rq-9ad", code=codes[0])
    assert answer.status_code == 200
    off = client.post(OFF, data=_typed(client, password="k7Rq-9ad", code=code_now()))
    assert off.status_code == 422
    assert "too short to stand alone" in off.text


def _typed(client: ShopClient, **typed: str) -> dict[str, str]:
    token = client.get(PAGE).text.split('name="csrf_token" value="')
    return {"csrf_token": token[-1].split('"')[0], **typed}


def test_turning_it_off_takes_password_and_code(app: Flask, caro: Customer, codes: list[str]) -> None:
    client = as_customer(ShopClient(app, use_cookies=True), caro)
    for wrong in ({"password": "wrong", "code": code_now()}, {"password": PASSWORD, "code": "000000"}):
        assert client.post(OFF, data=_typed(client, **wrong)).status_code == 422
    answer = client.post(OFF, data=_typed(client, password=PASSWORD, code=code_now()))
    assert (answer.status_code, answer.location) == (303, "/account/security")
    assert not Authenticator.select().exists() and not RecoveryCode.select().exists()
    assert subjects_to(CARO)[-1] == "Your second factor is off"
    assert half_in(ShopClient(app, use_cookies=True)).location == "/account"


def test_whoever_knows_the_password_guesses_no_code_there(app: Flask, caro: Customer, codes: list[str]) -> None:
    client = as_customer(ShopClient(app, use_cookies=True), caro)
    typed = _typed(client, password=PASSWORD, code="000000")
    answers = [client.post(OFF, data=typed).status_code for _ in range(11)]
    assert answers == [*[422] * 10, 429]


def test_new_recovery_codes_end_the_old_ones(app: Flask, caro: Customer, codes: list[str]) -> None:
    client = as_customer(ShopClient(app, use_cookies=True), caro)
    answer = client.submit(PAGE, action=CODES, password=PASSWORD, code=code_now())
    fresh = re.findall(r"<code>(.{14})</code>", answer.text)
    assert len(fresh) == 10 and not set(fresh) & set(codes)
    other = ShopClient(app, use_cookies=True)
    half_in(other)
    assert give(other, codes[0]).status_code == 422
    assert give(other, fresh[0]).status_code == 303


def test_setting_it_up_again_does_not_touch_the_one_that_is_on(app: Flask, caro: Customer, codes: list[str]) -> None:
    client = as_customer(ShopClient(app, use_cookies=True), caro)
    secret = str(Authenticator.get().secret)
    answer = client.post(START, data=_typed(client, password=PASSWORD))
    assert answer.location == PAGE
    assert str(Authenticator.get().secret) == secret


def test_the_trail_tells_each_step_by_ids_alone(client: ShopClient, codes: list[str], caro: Customer) -> None:
    half_in(client)
    give(client, "000000")
    give(client, codes[0])
    kinds = [
        event.kind for event in AuditEvent.select().where(AuditEvent.about_id == caro.id).order_by(AuditEvent.number)
    ]
    assert kinds[-4:] == [
        "customer-second-factor-added",
        "customer-sign-in-refused",
        "customer-recovery-code-used",
        "customer-signed-in",
    ]
    assert Authenticator.get().source == Source.SHOP
