"""Whatever is a customer's own to mend has a page that mends it, and whoever shows it links to there."""

from __future__ import annotations

import pytest
from flask import Flask, url_for

from shop.addresses import Address as Postal
from shop.customers.edits import edit_of
from shop.customers.models import Address, Authenticator, Customer
from shop.customers.services.addresses import add_address
from shop.payments.models import StoredCard
from shop.payments.services.cards import keep_card
from shop.vault import Editor, SealedModel, Source, declarations
from tests.support.client import ShopClient

pytestmark = pytest.mark.once

IN_PLACE = {"account.profile_field", "account.address"}


@pytest.mark.promise("P19")
def test_every_value_that_is_the_customers_to_edit_has_a_page_that_edits_it(
    app: Flask, caros: ShopClient, caro: Customer
) -> None:
    """All declarations, whatever model they are on: one that is added later fails here until it can be edited."""
    rows: dict[type[SealedModel], SealedModel] = {
        model: make(model, caro) for model in (Customer, Address, Authenticator, StoredCard)
    }
    theirs = [declared for declared in declarations() if declared.personal.editable_by is Editor.CUSTOMER]
    assert {declared.model for declared in theirs} == rows.keys()
    for declared in theirs:
        edit = edit_of(rows[declared.model], declared.field.name)
        assert edit is not None, declared
        with app.test_request_context():
            page = url_for(edit.endpoint, **edit.values)
        assert caros.get(page).status_code == 200, (declared, page)
        if edit.endpoint in IN_PLACE:
            assert caros.submit(page, action=page).status_code == 303, (declared, page)


def make(model: type, customer: Customer) -> SealedModel:
    if model is Customer:
        return customer
    if model is Authenticator:
        made: Authenticator = Authenticator.create(
            subject=customer.subject,
            source=Source.SELF,
            customer=customer.id,
            secret="JBSWY3DPEHPK3PXP",  # noqa: S106
        )
        return made
    if model is StoredCard:
        card = {"gateway_customer": "c1", "token": "t1", "brand": "Visa", "last4": "1111", "expiry": "12/2099"}
        return keep_card(customer_id=customer.id, **card)
    postal = Postal(name="Caro", street="7 Elm Row", city="Salem", region="OR", postcode="97301", country="US")
    return add_address(customer=customer, postal=postal, source=Source.SELF, by=f"customer:{customer.id}")
