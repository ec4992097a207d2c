"""What these tests share: Robin, who owns the shop, Sam, who packs, and a customer to look after."""

from __future__ import annotations

import pytest
from flask import Flask

from shop.admin.looks import give_reason
from shop.admin.models import Staff
from shop.customers.models import Address, Customer
from shop.privacy.look_reasons import LookReason
from shop.vault import Source
from tests.support.customers import CARO, caro, dan
from tests.support.desk import robin, robin_htmx, sam, staff
from tests.support.past import past_order

__all__ = ["caro", "dan", "robin", "robin_htmx", "sam", "staff"]


@pytest.fixture
def known(app: Flask, staff: dict[str, Staff], caro: Customer) -> Customer:
    """Caro, with an address and an order; Robin and Sam said today why they open her page."""
    with app.app_context():
        Address.create(
            subject=caro.subject,
            source=Source.SELF,
            customer=caro.id,
            name="Caro Reed",
            street="9 Heron Row",
            city="Los Angeles",
            region="CA",
            postcode="90012",
            country="US",
            is_for_delivery=True,
            is_for_billing=True,
        )
        past_order(CARO, customer=caro)
        for one in staff.values():
            give_reason(staff_id=one.id, about=("customer", caro.id), customer_id=caro.id, reason=LookReason.ASKED)
    return caro
