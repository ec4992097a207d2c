"""The register of recipients: since which agreement, and what of what the declarations let their kind have."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from shop import clock
from shop.audit.queries import events_about
from shop.disclosures.allowed import allowed_fields
from shop.disclosures.models import RegisteredRecipient
from shop.disclosures.queries import registered
from shop.disclosures.registering import register_known_carriers, register_recipient
from shop.disclosures.services import NotAllowed
from shop.orders.carriers import KNOWN, OWN_ROUND, carriers_in_use
from shop.vault import Recipient
from tests.support.client import ShopClient
from tests.support.pages import parsed, text_of

PAGE = "/admin/recipients"


def shown(answer: TestResponse) -> str:
    return text_of(parsed(answer.text, fragment=False)[0])


def entry(code: str) -> RegisteredRecipient:
    found = registered(code)
    assert found is not None
    return found


@pytest.mark.promise("P09")
def test_a_new_shop_knows_the_carriers_by_their_terms_of_carriage(app: Flask, robin: ShopClient) -> None:
    for carrier in KNOWN:
        found = entry(carrier.code)
        assert (found.kind, found.may_receive, found.agreement) == ("carrier", True, "Terms of carriage")
        assert set(found.field_names) == allowed_fields(Recipient.CARRIER)
    page = shown(robin.get(PAGE))
    assert all(carrier.name in page for carrier in KNOWN)
    assert robin.submit(PAGE, action=f"{PAGE}/dhl/end").status_code == 303
    register_known_carriers((carrier.code, carrier.name) for carrier in KNOWN)
    assert not entry("dhl").may_receive
    assert "dhl" not in {carrier.code for carrier in carriers_in_use()}
    assert robin.submit(PAGE, action=f"{PAGE}/dhl/resume").status_code == 303
    assert entry("dhl").may_receive
    kinds = [event.kind for event in events_about("recipient", entry("dhl").id)]
    assert kinds == ["recipient-ended", "recipient-resumed"]


@pytest.mark.promise("P10")
def test_a_carrier_of_ones_own_is_given_something_from_the_day_of_its_agreement(robin: ShopClient) -> None:
    new = f"{PAGE}/new"
    assert robin.submit(new, action=PAGE, name="Bike Couriers", fields=["delivery_name"]).status_code == 303
    found = entry("bike-couriers")
    assert (found.agreed_at, found.may_receive, found.field_names) == (None, False, ["delivery_name"])
    assert "Waits for an agreement" in shown(robin.get(PAGE))
    assert "bike-couriers" not in {carrier.code for carrier in carriers_in_use()}
    page = f"{PAGE}/bike-couriers"
    tomorrow = (clock.now() + timedelta(days=2)).date().isoformat()
    refused = robin.submit(page, action=page, agreed_on=tomorrow)
    assert refused.status_code == 422
    assert "nobody has agreed to anything yet" in shown(refused)
    saved = robin.submit(page, action=page, agreed_on="2026-02-03", agreement="Contract of 2026")
    assert saved.status_code == 303
    assert entry("bike-couriers").may_receive
    assert {"bike-couriers", OWN_ROUND, "usps"} <= {carrier.code for carrier in carriers_in_use()}
    assert "February 3, 2026" in shown(robin.get(PAGE))


@pytest.mark.promise("P10", "P08")
def test_only_what_the_declarations_let_a_kind_have_can_be_chosen(robin: ShopClient) -> None:
    for kind in (Recipient.CARRIER, Recipient.MANUFACTURER, Recipient.PAYMENT_PROCESSOR, Recipient.AUTHORITY):
        page = robin.get(f"{PAGE}/new?kind={kind.value}")
        offered = {
            element.get("value")
            for element in parsed(page.text, fragment=False)[0].iter("input")
            if element.get("name") == "fields"
        }
        assert offered == allowed_fields(kind)
        assert not [name for name in offered if name and "email" in name]
        for field in ("email", "note", "billing_street"):
            with pytest.raises(NotAllowed):
                register_recipient(name="Anybody", kind=kind, fields=[field], staff_id=1)
    page = robin.get(f"{PAGE}/new")
    refused = robin.submit(page, action=PAGE, name="Anybody", fields=["email"])
    assert refused.status_code == 422
    assert registered("anybody") is None


@pytest.mark.promise("P10")
def test_a_maker_is_given_an_address_only_if_it_ships_itself(robin: ShopClient) -> None:
    page = robin.get(f"{PAGE}/new?kind=manufacturer")
    typed = {"name": "Fern Atelier", "agreed_on": "2026-02-03", "fields": ["items", "delivery_name"]}
    refused = robin.submit(page, action=PAGE, **typed)
    assert refused.status_code == 422
    assert "only if it ships directly" in shown(refused)
    assert "Fern Atelier" in refused.text
    assert robin.submit(page, action=PAGE, ships_direct="y", **typed).status_code == 303
    assert entry("fern-atelier").field_names == ["items", "delivery_name"]
    twice = robin.submit(f"{PAGE}/new?kind=manufacturer", action=PAGE, ships_direct="y", **typed)
    assert twice.status_code == 422
    assert "has an entry for Fern Atelier already" in shown(twice)


def test_the_register_is_for_those_who_answer_for_privacy(sam: ShopClient, robin: ShopClient) -> None:
    assert sam.get(PAGE).status_code == 403
    assert robin.get(f"{PAGE}/no-such").status_code == 404
    assert robin.get(f"{PAGE}/new?kind=paper").status_code == 404
