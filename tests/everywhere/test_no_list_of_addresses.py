"""No file that leaves the shop lists its customers' e-mail addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import IntegerConverter, Rule
from werkzeug.test import TestResponse

from shop.disclosures.allowed import allowed_fields
from shop.orders.handing import recipients_of_files
from shop.vault import Recipient, declarations
from tests.support.client import ShopClient
from tests.support.customers import make_customer
from tests.support.desk import robin, staff
from tests.support.waiting import made, waiting_order

__all__ = ["robin", "staff"]

NAMES = ("ana", "bo", "caro")
ADDRESS = re.compile("|".join(rf"{name}@customers\.example" for name in NAMES))


@pytest.fixture
def numbers(app: Flask) -> list[str]:
    """Orders of three customers that can be handed over to anybody."""
    variant = made("Alder Tote", "Fern Atelier")
    found = []
    for name in NAMES:
        email = f"{name}@customers.example"
        customer = make_customer(email, name.capitalize())
        found.append(waiting_order(name, customer=customer, email=email, goods=[(variant, 1)]).number)
    return found


def addresses(app: Flask, number: str) -> Iterator[str]:
    """Something for each endpoint that answers to GET."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint != "static":
            yield address(app, rule, number)


def address(app: Flask, rule: Rule, number: str) -> str:
    is_number = {name: isinstance(rule._converters[name], IntegerConverter) for name in rule.arguments}
    values = {name: 1 if is_whole else number for name, is_whole in is_number.items()}
    return str(app.url_map.bind("localhost").build(rule.endpoint, values))


def named_in(answer: TestResponse) -> set[str]:
    """Whose addresses are in an answer that is no page."""
    is_page = answer.mimetype == "text/html" or answer.mimetype.startswith(("image/", "font/"))
    return set() if is_page else set(ADDRESS.findall(answer.get_data().decode(errors="replace")))


@pytest.mark.promise("P08")
def test_no_file_names_more_than_one_customers_address(app: Flask, robin: ShopClient, numbers: list[str]) -> None:
    robin.checks = False
    files = 0
    for where in addresses(app, numbers[0]):
        answer = robin.get(where)
        assert len(named_in(answer)) <= 1, where
        files += answer.mimetype in {"text/csv", "application/json"} and answer.status_code == 200
    assert files > 0
    page = "/admin/orders/hand-over"
    with app.app_context():
        codes = [row.code for row in recipients_of_files()]
    for code in codes:
        answer = robin.submit(f"{page}?to={code}", action=page, numbers=numbers)
        assert (answer.status_code, answer.mimetype) == (200, "text/csv")
        assert numbers[2] in answer.get_data(as_text=True)
        assert named_in(answer) == set(), code
    assert len(codes) > 4


@pytest.mark.promise("P08")
def test_no_declaration_lets_an_e_mail_go_to_anybody(app: Flask) -> None:
    emails = {found.field.name for found in declarations() if found.field.kind == "email"}
    assert "email" in emails
    for recipient in Recipient:
        assert not emails & allowed_fields(recipient), recipient
