"""The addresses' page: added, changed, chosen and removed, by a plain page and by htmx, and by nobody else."""

from __future__ import annotations

import re
from typing import Any

import pytest

from shop.addresses import Address as Postal
from shop.customers.models import Address, Customer
from shop.customers.services.addresses import AT_MOST, add_address, change_address
from shop.vault import Source
from tests.support.client import HtmxClient, ShopClient
from tests.support.queries import count_queries

pytestmark = pytest.mark.once

LIST, NEW = "/account/addresses", "/account/addresses/new"
HOME = {"name": "Caro Reed", "street": "7 Elm Row", "city": "Salem", "region": "OR", "postcode": "97301"}


def add(customer: Customer, **more: str) -> Address:
    postal = Postal(country="US", **{**HOME, **more})
    return add_address(customer=customer, postal=postal, source=Source.SELF, by=f"customer:{customer.id}")


def kept(customer: Customer) -> list[Address]:
    return list(Address.select().where(Address.customer == customer.id).order_by(Address.id))


def chosen(customer: Customer) -> list[tuple[bool, bool]]:
    return [(row.is_for_delivery, row.is_for_billing) for row in kept(customer)]


@pytest.mark.promise("P04")
@pytest.mark.promise("P19")
def test_addresses_are_added_and_one_is_chosen_for_each_use(caros: ShopClient, caro: Customer) -> None:
    page = caros.get(NEW)
    assert 'value="Caro Reed"' in page.text
    assert caros.submit(page, action=NEW, **HOME).location == f"/account/addresses#address-{kept(caro)[0].id}"
    caros.submit(NEW, action=NEW, **HOME | {"street": "1 Quay"}, billing="y")
    assert chosen(caro) == [(True, False), (False, True)]
    first, second = kept(caro)
    caros.submit(LIST, action=f"{LIST}/{second.id}/choose", button="use=delivery")
    assert chosen(caro) == [(False, False), (True, True)]
    page = caros.get(LIST)
    assert "Deliveries go there from now on." in page.text
    assert page.text.count("For delivery") == 1
    caros.submit(page, action=f"{LIST}/{second.id}/remove")
    assert chosen(caro) == [(True, True)]
    assert "Another took its place" in caros.get(LIST).text
    caros.submit(LIST, action=f"{LIST}/{first.id}/remove")
    assert "You have saved no address yet." in caros.get(LIST).text


@pytest.mark.promise("P19")
def test_with_htmx_an_address_turns_into_its_form_and_back(caros_htmx: HtmxClient, caro: Customer) -> None:
    mine = add(caro)
    page = f"{LIST}/{mine.id}"
    form = caros_htmx.get(page)
    assert form.text.lstrip().startswith('<section id="account-addresses"')
    assert re.search(r'<input[^>]* autofocus[^>]* name="name"', form.text)
    saved = caros_htmx.submit(form, action=page, city="Astoria")
    assert saved.status_code == 200
    assert "Astoria, OR 97301" in saved.text
    assert "Address saved." in saved.text
    assert re.search(rf'hx-get="{page}"[^>]* autofocus>Change', saved.text)
    assert kept(caro)[0].city == "Astoria"


def test_while_one_form_is_open_nothing_else_could_lose_what_is_typed_in_it(caros: ShopClient, caro: Customer) -> None:
    mine, other = add(caro), add(caro)
    page = caros.get(f"{LIST}/{mine.id}").text
    assert f"{LIST}/{other.id}" not in page
    assert NEW not in page


def test_another_country_asks_for_its_own_parts_and_keeps_what_was_typed(caros: ShopClient, caro: Customer) -> None:
    page = caros.submit(NEW, action=NEW, button="update=country", country="DE", **HOME | {"region": "", "name": "Zoë"})
    assert page.status_code == 200
    assert 'name="region"' not in page.text
    assert "error-summary" not in page.text
    assert 'value="Zoë"' in page.text
    caros.submit(page, action=NEW, postcode="10115", city="Berlin", company="Röd")
    (mine,) = kept(caro)
    assert (mine.country, mine.region, mine.postcode, mine.company) == ("DE", None, "10115", "Röd")


def test_moved_to_another_country_it_keeps_no_part_of_the_old_one(caros: ShopClient, caro: Customer) -> None:
    page = f"{LIST}/{add(caro).id}"
    form = caros.submit(page, action=page, button="update=country", country="DE")
    assert caros.submit(form, action=page, postcode="10115").status_code == 303
    assert (kept(caro)[0].country, kept(caro)[0].region) == ("DE", None)


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"street": ""}, "street", "Street address is missing."),
        ({"postcode": "7"}, "postcode", "This is not a ZIP code of that country."),
        ({"region": "Utrecht"}, "region", "Please choose a state from the list."),
        ({"country": "Atlantis"}, "country", "Please choose a country from the list."),
        ({"city": "C" * 101}, "city", "This is too long: 100 letters fit, and there are 101."),
        ({"name": "Ca\u0007ro"}, "name", "This held signs that cannot be printed."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    caros: ShopClient, caro: Customer, typed: dict[str, str], field: str, message: str
) -> None:
    answer = caros.submit(NEW, action=NEW, **{**HOME, "company": "Röd & “Söhne” <b>", **typed})
    assert answer.status_code == 422
    assert f'id="{field}-error">{message}' in answer.text
    assert "Röd &amp; “Söhne” &lt;b&gt;" in answer.text
    assert kept(caro) == []


def test_a_stale_form_says_so_and_keeps_what_was_typed(caros: ShopClient, caro: Customer) -> None:
    mine = add(caro)
    page = f"{LIST}/{mine.id}"
    stale = caros.get(page)
    quicker = Postal(country="US", **{**HOME, "city": "Bend"})
    change_address(address=mine, postal=quicker, source=Source.SELF, by=f"customer:{caro.id}")
    answer = caros.submit(stale, action=page, city="Astoria")
    assert answer.status_code == 409
    assert "Another window was quicker" in answer.text
    assert 'value="Astoria"' in answer.text
    assert kept(caro)[0].city == "Bend"
    assert caros.submit(answer, action=page).status_code == 303
    assert kept(caro)[0].city == "Astoria"


def test_there_is_room_for_so_many(caros: ShopClient, caro: Customer) -> None:
    page = caros.get(NEW)
    for _ in range(AT_MOST):
        add(caro)
    answer = caros.submit(page, action=NEW, **HOME)
    assert answer.status_code == 422
    assert "There is room for 20 addresses." in answer.text
    assert 'value="97301"' in answer.text
    assert NEW not in caros.get(LIST).text


def pages_of(address: Address) -> list[tuple[str, str, dict[str, Any]]]:
    page = f"{LIST}/{address.id}"
    return [
        ("GET", page, {}),
        ("POST", page, {**HOME, "country": "US"}),
        ("POST", f"{page}/choose", {"use": "delivery"}),
        ("POST", f"{page}/remove", {}),
    ]


@pytest.mark.promise("P19")
def test_nobody_elses_address_can_be_seen_changed_or_removed(
    client: ShopClient, dans: ShopClient, caro: Customer, dan: Customer
) -> None:
    hers, his = add(caro), add(dan)
    token = re.search(r'name="csrf_token" value="([^"]+)"', dans.get(LIST).text)
    assert token is not None
    for method, path, data in pages_of(hers):
        assert dans.open(path, method=method, data={**data, "csrf_token": token[1]}).status_code == 404, path
        answer = client.open(path, method=method, data=data)
        assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/sign-in"), path
    assert dans.get(f"{LIST}/{his.id}").status_code == 200
    for nobodys in (his.id + 999, 0, 2**31, 10**30, -1):
        assert dans.get(f"{LIST}/{nobodys}").status_code == 404
    assert [row.street for row in kept(caro)] == ["7 Elm Row"]


def test_a_use_that_nobody_knows_is_not_found(caros: ShopClient, caro: Customer) -> None:
    mine = add(caro)
    add(caro)
    page = caros.get(LIST)
    with pytest.raises(LookupError):
        caros.submit(page, action=f"{LIST}/{mine.id}/choose")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token is not None
    answer = caros.post(f"{LIST}/{mine.id}/choose", data={"use": "spying", "csrf_token": token[1]})
    assert answer.status_code == 404


def test_the_list_costs_the_same_for_one_address_and_for_many(caros: ShopClient, caro: Customer) -> None:
    counts = []
    for _ in range(2):
        for _ in range(4):
            add(caro)
        caros.get(LIST)
        with count_queries() as sent:
            caros.get(LIST)
        counts.append(len(sent))
    assert counts == [3, 3]
