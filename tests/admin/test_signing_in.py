"""Getting to the desk, and being kept from it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop.admin.models import Staff, StaffSession
from shop.admin.services import EmailTaken, PasswordTooWeak, UnknownRole, create_staff

from ..support.client import HtmxClient, ShopClient
from ..support.desk import PASSWORD, ROBIN, SAM, code_of, give_app

pytestmark = pytest.mark.once

SIGN_IN, CODE = "/admin/sign-in", "/admin/sign-in/code"


def try_to_sign_in(client: ShopClient, email: str = ROBIN, password: str = PASSWORD) -> int:
    return client.submit(SIGN_IN, action=SIGN_IN, email=email, password=password).status_code


def test_the_owner_signs_in_in_two_steps_and_sees_the_orders(client: ShopClient, staff: dict[str, Staff]) -> None:
    phone = give_app(staff[ROBIN])
    answer = client.submit(SIGN_IN, action=SIGN_IN, email=ROBIN.upper(), password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, CODE)
    assert client.get("/admin/orders").status_code == 303
    answer = client.submit(CODE, action=CODE, code=code_of(phone))
    assert (answer.status_code, answer.location) == (303, "/admin/")
    assert client.get("/admin/orders").status_code == 200


def test_htmx_is_told_to_load_the_desk_as_a_page_of_its_own(htmx: HtmxClient, staff: dict[str, Staff]) -> None:
    answer = htmx.submit(SIGN_IN, action=SIGN_IN, email=ROBIN, password=PASSWORD)
    assert answer.headers["HX-Redirect"] == "/admin/"


@pytest.mark.parametrize(("email", "password"), [(ROBIN, "wrong"), ("nobody@fern.example", PASSWORD)])
def test_a_wrong_password_and_an_unknown_account_get_the_same_answer(
    client: ShopClient, staff: dict[str, Staff], email: str, password: str
) -> None:
    answer = client.submit(SIGN_IN, action=SIGN_IN, email=email, password=password)
    assert answer.status_code == 422
    assert "do not go together" in answer.text
    assert PASSWORD not in answer.text


def test_empty_fields_are_named(client: ShopClient) -> None:
    answer = client.submit(SIGN_IN, action=SIGN_IN, email="", password="")
    assert answer.status_code == 422
    assert "Type your e-mail." in answer.text
    assert "Type your password." in answer.text


def test_a_sign_in_from_an_old_page_is_refused(client: ShopClient, staff: dict[str, Staff]) -> None:
    client.checks = False
    answer = client.post(SIGN_IN, data={"email": ROBIN, "password": PASSWORD})
    assert answer.status_code in {400, 422}
    assert client.get("/admin/orders").status_code == 303


def test_after_signing_in_one_is_where_one_wanted_to_be(client: ShopClient, staff: dict[str, Staff]) -> None:
    wanted = client.get("/admin/orders?state=packed")
    assert wanted.location == "/admin/sign-in?next=/admin/orders?state%3Dpacked"
    answer = client.submit(wanted.location, action=SIGN_IN, email=ROBIN, password=PASSWORD)
    assert answer.location == "/admin/orders?state=packed"


@pytest.mark.parametrize(
    "target",
    [
        *("https://evil.example/admin/", "//evil.example/admin/", "/\\evil.example", "/admin/\\..//evil.example", "/"),
        *("/administrator", "javascript:alert(1)", "///admin/", "/admin/\n", "//[", "/admin/../cart"),
    ],
)
def test_signing_in_leads_nowhere_but_to_the_desk(client: ShopClient, staff: dict[str, Staff], target: str) -> None:
    answer = client.submit(SIGN_IN, action=SIGN_IN, email=ROBIN, password=PASSWORD, next=target)
    assert answer.location == "/admin/"


def test_signing_in_starts_a_new_session(app: Flask, staff: dict[str, Staff]) -> None:
    """Whoever planted a cookie in somebody's browser gets nothing by their signing in."""
    victim, thief = ShopClient(app, use_cookies=True), ShopClient(app, use_cookies=True)
    page = victim.get(SIGN_IN)
    planted = victim.get_cookie("session")
    assert planted is not None
    victim.submit(page, action=SIGN_IN, email=ROBIN, password=PASSWORD)
    fresh = victim.get_cookie("session")
    assert fresh is not None and fresh.value != planted.value
    thief.set_cookie("session", planted.value)
    assert thief.get("/admin/orders").status_code == 303


def test_the_cookie_holds_random_ids_and_the_database_only_their_hashes(
    robin: ShopClient, staff: dict[str, Staff]
) -> None:
    with robin.session_transaction() as session:
        held = {name: value for name, value in session.items() if value is not None}
    token = held["_user_id"]
    assert held.keys() <= {"_user_id", "_fresh", "csrf_token"}
    assert len(token) >= 43
    assert token.encode() not in StaffSession.get().token_hash


def test_signing_out_ends_the_session_everywhere(app: Flask, robin: ShopClient) -> None:
    cookie = robin.get_cookie("session")
    assert cookie is not None
    answer = robin.submit("/admin/orders", action="/admin/sign-out")
    assert (answer.status_code, answer.location) == (303, SIGN_IN)
    copy = ShopClient(app, use_cookies=True)
    copy.set_cookie("session", cookie.value)
    assert copy.get("/admin/orders").status_code == 303


def test_a_session_ends_when_nobody_uses_it(robin: ShopClient) -> None:
    clock.travel(timedelta(minutes=119))
    assert robin.get("/admin/orders").status_code == 200
    clock.travel(timedelta(minutes=230))
    assert robin.get("/admin/orders").status_code == 200
    clock.travel(timedelta(minutes=351))
    assert robin.get("/admin/orders").status_code == 303


def test_a_session_ends_after_half_a_day_of_work(robin: ShopClient) -> None:
    for hour in range(1, 12):
        clock.travel(timedelta(hours=hour))
        assert robin.get("/admin/orders").status_code == 200
    clock.travel(timedelta(hours=12, minutes=1))
    assert robin.get("/admin/orders").status_code == 303


def test_somebody_who_left_the_shop_is_out_at_once(robin: ShopClient, staff: dict[str, Staff]) -> None:
    Staff.update(is_active=False).where(Staff.id == staff[ROBIN].id).execute()
    assert robin.get("/admin/orders").status_code == 303
    assert try_to_sign_in(robin) == 422


@pytest.mark.promise("P48")
def test_guessing_is_stopped_and_keeps_nobody_else_out(app: Flask, staff: dict[str, Staff]) -> None:
    guesser, owner = ShopClient(app, use_cookies=True), ShopClient(app, use_cookies=True)
    guesser.environ_base["REMOTE_ADDR"], owner.environ_base["REMOTE_ADDR"] = "203.0.113.9", "198.51.100.7"
    answers = [try_to_sign_in(guesser, password=f"guess {count}") for count in range(11)]
    assert answers == [422] * 10 + [429]
    assert try_to_sign_in(guesser) == 429
    assert try_to_sign_in(guesser, SAM) == 303
    assert try_to_sign_in(owner) == 303


def test_a_stopped_guesser_is_told_when_to_come_back(client: ShopClient, staff: dict[str, Staff]) -> None:
    client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    for _ in range(10):
        try_to_sign_in(client, password="a guess")
    answer = client.submit(SIGN_IN, action=SIGN_IN, email=ROBIN, password=PASSWORD)
    assert 0 < int(answer.headers["Retry-After"]) <= 15 * 60


@pytest.mark.promise("P48")
def test_staff_passwords_are_hashed_with_argon2id(staff: dict[str, Staff]) -> None:
    assert Staff.get_by_id(staff[ROBIN].id).password_hash.startswith("$argon2id$")


def test_weak_passwords_taken_addresses_and_unknown_roles_are_refused(app: Flask, staff: dict[str, Staff]) -> None:
    with app.app_context():
        with pytest.raises(PasswordTooWeak):
            create_staff(email="new@fern.example", name="New", password="kale", role="owner")
        with pytest.raises(EmailTaken):
            create_staff(email=ROBIN.upper(), name="Robin again", password=PASSWORD, role="owner")
        with pytest.raises(UnknownRole, match="owner, staff"):
            create_staff(email="new@fern.example", name="New", password=PASSWORD, role="emperor")
        assert Staff.select().count() == 2
