"""Nobody reaches what was not meant for them: every endpoint says whom it is for, and is held to it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import IntegerConverter, Rule

from shop import access_rules
from shop.access_rules import Audience, Undeclared, customer, public, staff
from shop.admin.models import Role

from ..support.client import ShopClient

pytestmark = pytest.mark.once

# What anybody may call. A new one belongs here only if it shows nothing of anybody, or asks for a key of its own.
PUBLIC = {
    *("admin.sign_in", "admin.check_sign_in", "admin.ask_code", "admin.check_code"),
    *("admin.join", "admin.take_invitation"),
    *("admin.forgotten", "admin.send_reset", "admin.reset_sent", "admin.new_password", "admin.set_new_password"),
    *("account.sign_in", "account.check_sign_in", "account.ask_code", "account.check_code", "account.link_sent"),
    "account.signed_out",
    *("account.begin_passkey_sign_in", "account.passkey_sign_in", "account.well_known"),
    *("account.ask_sign_up", "account.send_sign_up", "account.choose_password", "account.make_account"),
    *("account.forgotten", "account.send_reset", "account.new_password", "account.set_new_password"),
    *("account.confirm_email", "account.change_email", "account.undo_email", "account.take_email_back"),
    *("my_data.show", "my_data.close", "my_data.export_json", "my_data.export_zip"),
    *("orders.show", "orders.invoice", "orders.send_link", "orders.link_sent", "orders.open_account"),
    *("orders.cancel", "orders.again", "orders.put_in_cart"),
    *("order_changes.show", "order_changes.pay", "order_changes.decline"),
    *("ops.healthz", "ops.readyz"),
}
PUBLIC_FEATURES = {"asking", "cases", "catalogue", "cart", "checkout", "erasing", "policies", "webhooks"}


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def address(app: Flask, rule: Rule) -> str:
    """An address of the rule, with something in each of its places."""
    values: dict[str, Any] = {}
    for name in rule.arguments:
        values[name] = 1 if isinstance(rule._converters[name], IntegerConverter) else "K7QM-3RTX"
    return str(app.url_map.bind("localhost").build(rule.endpoint, values))


@pytest.mark.promise("P01")
def test_every_endpoint_says_whom_it_is_for(app: Flask) -> None:
    for rule in rules(app):
        declared = access_rules.rule_of(app, rule.endpoint)
        assert declared is not None, rule.endpoint
        is_public = rule.endpoint in PUBLIC or rule.endpoint.partition(".")[0] in PUBLIC_FEATURES
        assert (declared.audience == Audience.PUBLIC) == is_public, rule.endpoint


def test_a_number_in_an_address_is_one_that_a_row_can_have(app: Flask) -> None:
    numbers = {
        f"{rule.endpoint} {name}": converter
        for rule in rules(app)
        for name, converter in rule._converters.items()
        if isinstance(converter, IntegerConverter)
    }
    assert len(numbers) > 10
    assert [place for place, converter in numbers.items() if converter.max is None] == []


@pytest.mark.promise("P01")
def test_a_stranger_gets_nothing_that_is_not_public(app: Flask, client: ShopClient) -> None:
    guarded = 0
    for rule in rules(app):
        declared = access_rules.rule_of(app, rule.endpoint)
        if declared is None or declared.audience == Audience.PUBLIC:
            continue
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
            guarded += 1
            for headers in ({}, {"HX-Request": "true"}, {"Authorization": "Bearer x"}):
                answer = client.open(address(app, rule), method=method, headers=headers)
                assert answer.status_code in {302, 303, 403, 404}, (rule.endpoint, method, answer.status_code)
                assert len(answer.data) < 1_000 or answer.status_code in {403, 404}
    assert guarded >= 7


def test_a_shop_with_a_silent_endpoint_does_not_start(app: Flask) -> None:
    silent = Flask("silent", static_folder=None)
    access_rules.init_app(silent)
    silent.add_url_rule("/secret", "secret", lambda: "secret")
    with pytest.raises(Undeclared, match="secret"):
        access_rules.check(silent)


def test_an_endpoint_added_later_without_a_word_answers_nobody() -> None:
    late = Flask("late", static_folder=None)
    late.testing = True
    access_rules.init_app(late)
    late.add_url_rule("/secret", "secret", lambda: "secret")
    with pytest.raises(Undeclared):
        late.test_client().get("/secret")


@pytest.mark.parametrize(("declare", "status"), [(public, 200), (customer, 404), (staff(), 404)])
def test_an_audience_that_nobody_guards_gets_in_nowhere(declare: Any, status: int) -> None:
    app = Flask("unguarded", static_folder=None)
    access_rules.init_app(app)
    app.add_url_rule("/page", "page", declare(lambda: "page"))
    assert app.test_client().get("/page").status_code == status


def test_money_goes_back_by_the_owner_alone(app: Flask) -> None:
    rule = access_rules.rule_of(app, "admin.cancel")
    assert rule is not None
    assert rule.roles == {Role.OWNER}
