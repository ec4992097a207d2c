"""Whatever a route's address names of somebody's is not there for anybody else: for no other customer, no guest, and
nobody who is not signed in. Made from the app's own routes, so that a new one is asked for as well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, url_for
from werkzeug.routing import Rule

from shop.access_rules import Audience, rule_of
from shop.admin.looks import give_reason
from shop.admin.models import Role, Staff
from shop.admin.services import create_staff
from shop.customers.models import Customer, LinkPurpose
from shop.customers.services.links import make_link
from shop.orders.models import Order
from shop.orders.services.access import order_key
from shop.privacy.asker import KEY
from shop.privacy.look_reasons import LookReason
from shop.privacy.person import peoples_tables, person_of, theirs
from shop.privacy.services.opening import open_my_data
from tests.support.belongings import (
    NOBODYS,
    NOT_THEIRS,
    SAID_OF_WHAT_IS_GONE,
    Belongings,
    Unmapped,
    belongings,
    names_somebody,
    value_of,
    values_of,
)
from tests.support.client import ShopClient
from tests.support.customers import as_customer
from tests.support.desk import PASSWORD, ROBIN, sign_in
from tests.support.till import fill_shelf

ANNA, BEN, GWEN = "anna@customers.example", "ben@customers.example", "gwen@guests.example"
SIGN_IN = ("/sign-in", "/admin/sign-in", "/my-data")
FORBIDDEN_METHODS = {"HEAD", "OPTIONS"}


@pytest.fixture
def things(app: Flask) -> Iterator[tuple[Belongings, Belongings]]:
    """Anna's and Ben's. Forms need no token here, as if whoever sends one had it from a page of their own."""
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        variant_id = fill_shelf().tote
        anna = belongings(ANNA, "Anna Reed", variant_id=variant_id)
        ben = belongings(BEN, "Ben Moss", variant_id=variant_id)
    yield anna, ben


def strangers(app: Flask, ben: Belongings) -> dict[str, ShopClient]:
    """Ben with his account, Gwen who proved another address, and a browser that nobody signed in with."""
    bens = as_customer(ShopClient(app, use_cookies=True), ben.customer)
    gwens = ShopClient(app, use_cookies=True)
    with app.app_context():
        token = open_my_data(link_token=make_link(purpose=LinkPurpose.MY_DATA, email=GWEN))
    with gwens.session_transaction() as session:
        session[KEY] = token
    found = {"another customer": bens, "a guest": gwens, "nobody": ShopClient(app, use_cookies=True)}
    for client in found.values():
        client.checks = False
    return found


def routes(app: Flask, *audiences: Audience) -> list[Rule]:
    """Those that take anything of somebody's."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if rule.arguments and names_somebody(rule) and getattr(rule_of(app, rule.endpoint), "audience", "") in audiences
    ]


def ask(client: ShopClient, rule: Rule, path: str) -> list[Any]:
    return [client.open(path, method=method) for method in sorted((rule.methods or set()) - FORBIDDEN_METHODS)]


def path_of(app: Flask, rule: Rule, values: dict[str, Any]) -> str:
    with app.test_request_context():
        return url_for(rule.endpoint, **values)


def is_shut(answer: Any) -> bool:
    return answer.status_code == 404 or (
        answer.status_code == 303 and (answer.location or "").partition("?")[0] in SIGN_IN
    )


def held(app: Flask, customer: Customer) -> dict[str, list[int]]:
    """Which rows are theirs in every table, and how their orders stand."""
    with app.app_context():
        person = person_of(customer)
        found = {model._meta.table_name: sorted(row.id for row in theirs(model, person)) for model in peoples_tables()}
        orders = [order.state for order in theirs(Order, person).order_by(Order.id)]
    return {**found, "orders": orders}


@pytest.mark.promise("P46")
def test_nobody_but_their_owner_finds_anything_by_its_number(app: Flask, things: tuple[Belongings, Belongings]) -> None:
    anna, ben = things
    before, opened = held(app, anna.customer), []
    for rule in routes(app, Audience.PUBLIC, Audience.CUSTOMER):
        with app.app_context():
            asked = list(values_of(rule, anna))
        for who, client in strangers(app, ben).items():
            for path in (path_of(app, rule, values) for values in asked):
                opened += [f"{who}: {path} {each.status}" for each in ask(client, rule, path) if not is_shut(each)]
    assert opened == []
    assert held(app, anna.customer) == before


def test_their_owner_finds_all_of_it(app: Flask, things: tuple[Belongings, Belongings]) -> None:
    """Else nothing would be proved by nobody else's finding it."""
    anna, _ = things
    client, lost = as_customer(ShopClient(app, use_cookies=True), anna.customer), []
    client.checks = False
    pages = [rule for rule in routes(app, Audience.PUBLIC, Audience.CUSTOMER) if "GET" in (rule.methods or ())]
    for rule in pages:
        if "token" in rule.arguments:
            continue
        with app.app_context():
            asked = list(values_of(rule, anna))
        for path in (path_of(app, rule, values) for values in asked):
            if client.get(path).status_code == 404:
                lost.append(path)
    assert lost == []


def test_an_order_opens_with_its_own_key_and_with_no_others(app: Flask, things: tuple[Belongings, Belongings]) -> None:
    anna, ben = things
    with app.app_context():
        own, foreign = order_key(anna.order), order_key(ben.order)
    client = ShopClient(app, use_cookies=True)
    client.checks = False
    orders = [rule for rule in routes(app, Audience.PUBLIC) if rule.rule.startswith("/orders/<number>")]
    assert orders
    for rule in orders:
        path = path_of(app, rule, {"number": anna.order.number})
        for answer in ask(client, rule, f"{path}?key={foreign}"):
            assert answer.status_code == 404, path
    assert client.get(f"/orders/{anna.order.number}?key={own}").status_code == 200


def test_what_says_the_same_for_every_number_does_so(app: Flask, things: tuple[Belongings, Belongings]) -> None:
    anna, _ = things
    client = ShopClient(app, use_cookies=True)
    for path in ("/orders/{}/link",):
        known, unknown = client.post(path.format(anna.order.number)), client.post(path.format("ZZZZ-ZZZZ"))
        assert (known.status_code, known.location) == (unknown.status_code, unknown.location)


@pytest.mark.promise("P46")
def test_the_desk_is_shut_to_everybody_else(app: Flask, things: tuple[Belongings, Belongings]) -> None:
    _, ben = things
    desk = [
        rule for rule in app.url_map.iter_rules() if getattr(rule_of(app, rule.endpoint), "audience", "") == "staff"
    ]
    assert desk
    opened = []
    for who, client in strangers(app, ben).items():
        for rule in desk:
            path = path_of(app, rule, {name: 1 if "_id" in name else "x" for name in rule.arguments})
            opened += [f"{who}: {path} {each.status}" for each in ask(client, rule, path) if not is_shut(each)]
    assert opened == []


@pytest.mark.promise("P46")
def test_one_customers_page_at_the_desk_leads_to_nothing_of_anothers(
    app: Flask, things: tuple[Belongings, Belongings]
) -> None:
    """Ben's own number with what is Anna's behind it: not even for who may see both."""
    anna, ben = things
    with app.app_context():
        robin: Staff = create_staff(email=ROBIN, name="Robin Fern", password=PASSWORD, role=Role.OWNER)
        for one in things:
            for about in (("customer", one.customer.id), ("order", one.order.id), ("order", one.guest_order.id)):
                give_reason(staff_id=robin.id, about=about, customer_id=one.customer.id, reason=LookReason.ASKED)
    app.config["WTF_CSRF_ENABLED"] = True
    client = sign_in(ShopClient(app, use_cookies=True), ROBIN)
    app.config["WTF_CSRF_ENABLED"] = False
    client.checks = False
    before, opened = held(app, anna.customer), []
    for rule in routes(app, Audience.STAFF):
        for name in _ids(rule)[1:]:
            with app.app_context():
                values = {each: value_of(rule, each, anna if each == name else ben) for each in rule.arguments}
            path = path_of(app, rule, values)
            answers = [each for each in ask(client, rule, path) if each.status_code != 404]
            opened += [f"{path} {each.status}" for each in answers if rule.endpoint not in SAID_OF_WHAT_IS_GONE]
    assert opened == []
    assert held(app, anna.customer) == before


def _ids(rule: Rule) -> list[str]:
    """In the order of the address."""
    names = [name for name in rule.arguments if name not in NOBODYS]
    return sorted(names, key=lambda name: rule.rule.index(f"{name}>"))


def test_a_new_route_with_an_unknown_argument_is_told_what_to_add(
    app: Flask, things: tuple[Belongings, Belongings]
) -> None:
    rule = Rule("/account/gifts/<id:gift_id>", endpoint="account.gift")
    app.url_map.add(rule)
    with pytest.raises(Unmapped, match="gift_id.*THEIRS in tests/support/belongings.py"):
        list(values_of(rule, things[0]))


def test_what_is_said_to_be_nobodys_is_still_there(app: Flask) -> None:
    assert NOT_THEIRS.keys() - {rule.endpoint for rule in app.url_map.iter_rules()} == set()
