"""Who may call what at the desk: every endpoint, by every role and by nobody, against a table that is written down.

An endpoint that is new, or whose declaration changes, fails here until somebody has changed `allowed.toml` as well.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import IntegerConverter, Rule

from shop import access_rules, clock
from shop.access_rules import Audience
from shop.admin.access.sessions import begin_session
from shop.admin.models import Role, Staff
from shop.vault import new_subject

from ...support.client import ShopClient

pytestmark = pytest.mark.once

ALLOWED: dict[str, Any] = tomllib.loads((Path(__file__).parent / "allowed.toml").read_text())
# What an endpoint answers to somebody it is not for.
SHUT = {302, 303, 403}


@pytest.fixture
def everybody(app: Flask) -> dict[Role, ShopClient]:
    """Somebody of each role, with a second factor; the designate within their time."""
    return {role: signed_in(app, somebody(role), is_proven=True) for role in Role}


def somebody(role: Role) -> Staff:
    now = clock.now()
    time = {"designated_from": now.replace(year=now.year - 1), "designated_until": now.replace(year=now.year + 1)}
    made: Staff = Staff.create(
        subject=new_subject("staff"),
        source="shop",
        email=f"{role.code}@fern.example",
        name=role.words,
        password_hash="-",
        role=role,
        **(time if role == Role.DESIGNATE else {}),
    )
    return made


def signed_in(app: Flask, person: Staff, *, is_proven: bool) -> ShopClient:
    client = ShopClient(app, use_cookies=True)
    client.checks = False
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = f"staff:{begin_session(staff=person, is_proven=is_proven)}", True
    return client


def staff_rules(app: Flask) -> Iterator[tuple[Rule, access_rules.Rule]]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint):
        declared = access_rules.rule_of(app, rule.endpoint)
        if declared is not None and declared.audience == Audience.STAFF:
            yield rule, declared


def address(app: Flask, rule: Rule) -> str:
    """An address of the rule, about something that is not there."""
    values: dict[str, Any] = {
        name: 2**30 if isinstance(rule._converters[name], IntegerConverter) else "ZZZZ-ZZZZ" for name in rule.arguments
    }
    return str(app.url_map.bind("localhost").build(rule.endpoint, values))


def calls(app: Flask) -> Iterator[tuple[str, access_rules.Rule, str, str]]:
    """Endpoint, what it declares, and a method and address to call it with; nobody is signed out by it."""
    for rule, declared in staff_rules(app):
        if rule.endpoint != "admin.sign_out":
            for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
                yield rule.endpoint, declared, method, address(app, rule)


def written_down() -> dict[str, frozenset[str]]:
    """By endpoint, the codes of the roles that may call it."""
    return {
        f"admin.{endpoint}": frozenset(group["roles"]) for group in ALLOWED["group"] for endpoint in group["endpoints"]
    }


@pytest.mark.promise("P46", "P01", "P13")
def test_each_role_is_let_in_where_the_table_says_so_and_nowhere_else(
    app: Flask, everybody: dict[Role, ShopClient]
) -> None:
    table, wrong = written_down(), []
    for endpoint, _, method, path in calls(app):
        for role, client in everybody.items():
            status = client.open(path, method=method).status_code
            is_let_in = status != 403
            if is_let_in != (role.code in table.get(endpoint, ())) or status >= 500:
                wrong.append((endpoint, method, role.code, status))
    assert wrong == []


@pytest.mark.promise("P46", "P01")
def test_the_table_knows_every_endpoint_of_the_desk_and_no_other(app: Flask) -> None:
    assert set(written_down()) == {rule.endpoint for rule, _ in staff_rules(app)}
    shut = {f"admin.{endpoint}" for endpoint in ALLOWED["without_customers"]}
    assert {rule.endpoint for rule, declared in staff_rules(app) if not declared.shows_customers} == shut


@pytest.mark.promise("P01")
def test_whoever_is_signed_out_is_let_in_nowhere(app: Flask, client: ShopClient) -> None:
    client.checks = False
    wrong = [
        (endpoint, method, answer.status_code)
        for endpoint, _, method, path in calls(app)
        if not (
            (answer := client.open(path, method=method)).status_code in SHUT and "/admin/sign-in" in answer.location
        )
    ]
    assert wrong == []


@pytest.mark.promise("P48")
def test_by_a_password_alone_even_the_owner_sees_nothing_of_a_customers(app: Flask) -> None:
    client = signed_in(app, somebody(Role.OWNER), is_proven=False)
    wrong = []
    for endpoint, declared, method, path in calls(app):
        answer = client.open(path, method=method)
        is_led_away = answer.status_code == 303 and answer.location == "/admin/me/second-factor"
        if declared.shows_customers and not is_led_away:
            wrong.append((endpoint, method, answer.status_code))
    assert wrong == []


@pytest.mark.promise("P46")
def test_an_auditor_is_let_in_nowhere_where_customers_are_shown(app: Flask) -> None:
    shows = {rule.endpoint for rule, declared in staff_rules(app) if declared.shows_customers}
    assert {endpoint for endpoint, roles in written_down().items() if Role.AUDITOR.code in roles} & shows == set()


def test_out_of_their_time_a_designate_is_let_in_as_little_as_nobody(app: Flask) -> None:
    person = somebody(Role.DESIGNATE)
    Staff.update(designated_until=clock.now()).where(Staff.id == person.id).execute()
    client = signed_in(app, person, is_proven=True)
    for endpoint, declared, method, path in calls(app):
        if declared.roles:
            assert client.open(path, method=method).status_code == 403, endpoint
