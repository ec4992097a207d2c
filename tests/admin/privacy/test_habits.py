"""The owner sees what customers buy, as far as enough of them agreed, and nobody's name."""

from __future__ import annotations

import pytest
from flask import Flask

from shop.admin.models import Staff
from shop.customers.models import Customer
from shop.customers.services.consents import ConsentPurpose, give, withdraw
from shop.vault import Source
from tests.support.bought import bought
from tests.support.client import ShopClient
from tests.support.customers import make_customer
from tests.support.desk import SAM, sign_in

PAGE, KALE, TOTE = "/admin/habits", "Curly Kale", "Alder Tote"


@pytest.fixture
def three(app: Flask) -> list[Customer]:
    """Three who agreed, and each bought kale with a tote."""
    found = [make_customer(f"{name}@customers.example", f"{name} Reed") for name in ("Ida", "Jo", "Kim")]
    with app.app_context():
        for customer in found:
            give(customer=customer, purpose=ConsentPurpose.HABITS, source=Source.SELF)
            bought(customer, KALE, TOTE)
    return found


@pytest.mark.promise("P29")
def test_who_takes_the_consent_back_is_out_of_the_figures(app: Flask, robin: ShopClient, three: list[Customer]) -> None:
    page = robin.get(PAGE).text
    assert "3 customers agree" in page
    assert f"{TOTE} and {KALE}" in page
    assert "Reed" not in page
    with app.app_context():
        withdraw(customer=three[0], purpose=ConsentPurpose.HABITS, source=Source.SELF)
    page = robin.get(PAGE).text
    assert "2 customers agree" in page
    assert KALE not in page


def test_only_the_owner_looks(app: Flask, staff: dict[str, Staff]) -> None:
    assert sign_in(ShopClient(app, use_cookies=True), SAM).get(PAGE).status_code == 403
