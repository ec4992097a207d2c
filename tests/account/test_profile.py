"""The profile's values are edited in place: by a plain page and by htmx, and nothing that was typed is lost."""

from __future__ import annotations

import re

import pytest

from shop.customers.models import Customer
from shop.customers.services.consents import ConsentPurpose, has_consent
from shop.customers.services.profile import change_field
from shop.vault import Source
from tests.support.client import HtmxClient, ShopClient
from tests.support.queries import count_queries

pytestmark = pytest.mark.once

NAME, PHONE = "/account/profile/name", "/account/profile/phone"
SCRIPTS = [
    "李",
    "नीता शर्मा",
    "عمر الخيّام",
    "Ō",
    "Zoë O’Brien-Łuczak 🌿",
    "👩‍👩‍👧 Reed",
    '<script>alert("x")</script>&amp;',
    "N" * 100,
]


def now(customer: Customer) -> Customer:
    found: Customer = Customer.get_by_id(customer.id)
    return found


@pytest.mark.promise("P19")
def test_a_value_is_changed_by_a_plain_page(caros: ShopClient, caro: Customer) -> None:
    answer = caros.submit(NAME, action=NAME, name=" Carola   Reed ")
    assert (answer.status_code, answer.location) == (303, "/account/profile#profile-name")
    assert now(caro).name == "Carola Reed"
    page = caros.get("/account/profile").text
    assert "Carola Reed" in page
    assert "Name saved." in page


@pytest.mark.promise("P19")
def test_with_htmx_the_row_turns_into_its_form_and_back(caros_htmx: HtmxClient, caro: Customer) -> None:
    form = caros_htmx.get(NAME)
    assert form.text.lstrip().startswith('<div class="rows__row rows__row--open" id="profile-name">')
    assert re.search(r'<input[^>]* autofocus[^>]* name="name"', form.text)
    saved = caros_htmx.submit(form, action=NAME, name="Nomi")
    assert saved.status_code == 200
    assert saved.text.lstrip().startswith('<div class="rows__row" id="profile-name">')
    assert re.search(r"<a [^>]*autofocus>Change", saved.text)
    assert '<hx-partial hx-target="#status" hx-swap="innerHTML"><p class="toast">Name saved.' in saved.text
    assert now(caro).name == "Nomi"


def test_left_with_htmx_the_row_comes_back_as_it_was_and_takes_the_focus(caros_htmx: HtmxClient) -> None:
    row = caros_htmx.get("/account/profile?row=name").text
    assert re.search(r'id="profile-name">.*Caro Reed.*<a [^>]*autofocus>', row, re.DOTALL)


@pytest.mark.parametrize("name", SCRIPTS, ids=lambda name: name[:8])
def test_a_name_is_whatever_its_bearer_says(caros: ShopClient, caro: Customer, name: str) -> None:
    caros.submit(NAME, action=NAME, name=name)
    assert now(caro).name == name
    assert "<script>alert" not in caros.get("/account/profile").text


@pytest.mark.parametrize(
    ("page", "typed", "message", "kept"),
    [
        (NAME, "N" * 101, "This is too long: 100 letters fit, and there are 101.", "N" * 101),
        (NAME, "Ca\u0000ro\u202e", "This held signs that cannot be printed.", "Caro"),
        (PHONE, "call me", "This is not a complete phone number.", "call me"),
        (PHONE, "2" * 31, "This is too long: 30 letters fit", "2" * 31),
    ],
)
def test_what_is_wrong_is_said_at_its_field_with_what_was_typed(
    caros: ShopClient, caro: Customer, page: str, typed: str, message: str, kept: str
) -> None:
    column = page.rpartition("/")[2]
    answer = caros.post(page, data={column: typed, "csrf_token": token(caros, page)})
    assert answer.status_code == 422
    assert f'id="{column}-error">{message}' in answer.text
    assert f'value="{kept}"' in answer.text
    assert now(caro).name == "Caro Reed"


def token(client: ShopClient, page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found is not None
    return found[1]


def test_a_phone_is_kept_in_one_form_and_shown_as_people_write_it(caros: ShopClient, caro: Customer) -> None:
    caros.submit(PHONE, action=PHONE, phone="213-555-0134")
    assert now(caro).phone == "+12135550134"
    assert "(213) 555-0134" in caros.get("/account/profile").text
    assert 'value="+1 213-555-0134"' in caros.get(PHONE).text


def test_an_optional_value_is_removed_with_its_effect_shown_before(caros: ShopClient, caro: Customer) -> None:
    caros.submit(PHONE, action=PHONE, phone="213-555-0134")
    page = caros.get(PHONE)
    assert "Without it the driver cannot call you about a delivery." in page.text
    # Whatever else stands in the field.
    assert caros.submit(page, action=PHONE, button="remove=yes", phone="junk").status_code == 303
    assert (now(caro).phone, now(caro).phone_index) == (None, None)
    assert "Phone removed." in caros.get("/account/profile").text
    assert 'value="yes">Remove' not in caros.get(PHONE).text


def test_a_stale_form_says_so_and_keeps_what_was_typed(caros: ShopClient, caro: Customer) -> None:
    stale = caros.get(NAME)
    change_field(customer=caro, column="name", value="Quicker", source=Source.SELF, by=f"customer:{caro.id}")
    answer = caros.submit(stale, action=NAME, name="Typed")
    assert answer.status_code == 409
    assert "changed this to “Quicker” meanwhile" in answer.text
    assert 'value="Typed"' in answer.text
    assert now(caro).name == "Quicker"
    assert caros.submit(answer, action=NAME, name="Typed").status_code == 303
    assert now(caro).name == "Typed"


def test_what_no_form_asks_for_is_not_written(caros: ShopClient, caro: Customer) -> None:
    before = now(caro)
    caros.post(NAME, data={"name": "Nomi", "phone": "+12135550134", "email": "x@y.example", "closed_at": "2020-01-01",
                           "csrf_token": token(caros, NAME)})  # fmt: skip
    after = now(caro)
    assert (after.name, after.phone, after.email, after.closed_at) == ("Nomi", None, before.email, None)
    for column in ("email", "password_hash", "subject", "nonsense"):
        assert caros.get(f"/account/profile/{column}").status_code == 404
        assert caros.post(f"/account/profile/{column}", data={"csrf_token": token(caros, NAME)}).status_code == 404


@pytest.mark.promise("P44")
def test_one_click_says_that_all_is_still_correct(caros: ShopClient, caros_htmx: HtmxClient, caro: Customer) -> None:
    before = now(caro)
    answer = caros.submit("/account/profile", action="/account/confirm")
    assert (answer.status_code, answer.location) == (303, "/account")
    assert now(caro).confirmed_at > before.confirmed_at
    answer = caros_htmx.post("/account/confirm", data={"csrf_token": token(caros_htmx, NAME)})
    assert "Thank you." in answer.text
    assert 'id="account-confirm"' in answer.text


def test_the_preferences_for_mails_are_answered_in_place(caros_htmx: HtmxClient, caro: Customer) -> None:
    with_session = {"csrf_token": token(caros_htmx, NAME), "answer": "yes"}
    caros_htmx.checks = False
    page = caros_htmx.get("/account/profile", headers={"HX-Request": "false"}).text
    assert page.count('hx-post="/account/consents/') == 2
    answer = caros_htmx.post("/account/consents/reminders", data=with_session)
    assert 'id="account-consent-reminders"' in answer.text
    assert has_consent(caro.id, ConsentPurpose.REMINDERS)


@pytest.mark.parametrize("path", ["/account/profile", NAME])
def test_it_costs_a_fixed_number_of_queries(caros: ShopClient, path: str) -> None:
    caros.get(path)
    with count_queries() as sent:
        caros.get(path)
    assert len(sent) == 5, sent
